# SPDX-License-Identifier: Apache-2.0
"""Autoencoders whose latent variables are sampled by gumbelcuda.torch. run.py trains them; docs/autoencoder.md reports.

Read in this order: noise (which words of the stream a draw takes), data, networks, latents (samples and divergences),
estimators (of the gradient), bounds (of log p(x)), train, rates (how the learning rates were chosen), results, pictures.
"""
