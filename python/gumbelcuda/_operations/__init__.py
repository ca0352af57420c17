# SPDX-License-Identifier: Apache-2.0
"""The operations of the C interface, a module for each of its headers. The package exports their functions."""
