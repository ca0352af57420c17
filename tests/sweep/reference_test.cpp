// SPDX-License-Identifier: Apache-2.0
// train_sweep against the reference program on the same noise words, after every step of training: each loss with each
// kind of discriminator, and every estimator, optimiser, smoothing, penalty, schedule and order of data.
//
// How near they must be is measured, not guessed. The reference is trained again and again with errors of float's size
// made on purpose (reference::tremor): every Gumbel and every score is moved by ±2^-20·max(1, |x|), which is what their
// computation in float may be off by (2.5e-7·max(1, |g|) + 2^-24·|z| and a sum of K products), and every mean gradient
// by a share of ±2^-20. The distance that the worst of these trainings has come from the undisturbed one, four times,
// is the bound; and results are rounded, which is 2^-21 of them. For 30 steps of Adam with a rate of .02 that is about
// 30 · .02 · 2^-20 · 10. So that this says something, the bound must be a small part of what training has moved, and
// must make no sample change sides where functions have an edge (a tie of the largest z, the hinge's and leaky ReLU's
// corners): all disturbed trainings must have made all the decisions of the undisturbed one, and no decision of that
// may lie nearer to its edge than the distance that parameters come to have.
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>

#include "gumbelcuda/math/philox.hpp"
#include "gumbelcuda/sweep.hpp"
#include "tests/reference/sweep_gan.hpp"

namespace {

using namespace gumbelcuda;

struct sweep_case {
  std::string name;
  sweep_config config;
  friend std::ostream& operator<<(std::ostream& out, const sweep_case& c) { return out << c.name; }
};

constexpr int steps = 30;

// The configuration of the GAN `gan` as the reference has it.
reference::sweep_settings settings_of(const sweep_config& c, std::size_t gan) {
  const auto of = [gan](const auto& values) { return values.size() == 1 ? values[0] : values[gan]; };
  const gan_problem problem = of(c.problem);
  reference::sweep_settings s;
  s.target = of(c.target);
  s.initial_logits.assign(s.target.size(), 1.);
  if (!of(c.initial_logits).empty()) {
    const std::vector<float> start = of(c.initial_logits);
    s.initial_logits.assign(start.begin(), start.end());
  }
  s.data = c.data;
  s.independent_data = c.order == data_order::iid;
  s.hidden.assign(problem.hidden_width, problem.hidden_width + problem.hidden_layers);
  s.act = problem.activation == gan_activation::tanh ? reference::activation::tanh : reference::activation::leaky_relu;
  s.init = problem.initializer == gan_initializer::he_uniform ? reference::initializer::he_uniform
                                                              : reference::initializer::glorot_uniform;
  s.loss = problem.loss == gan_loss::non_saturating ? reference::gan_loss::non_saturating
           : problem.loss == gan_loss::saturating   ? reference::gan_loss::saturating
           : problem.loss == gan_loss::hinge        ? reference::gan_loss::hinge
                                                    : reference::gan_loss::wasserstein;
  s.weight_clip = problem.weight_clip;
  s.gradient_penalty = problem.gradient_penalty;
  s.how = problem.estimator == gan_estimator::relaxed            ? reference::estimator::relaxed
          : problem.estimator == gan_estimator::straight_through ? reference::estimator::straight_through
          : problem.estimator == gan_estimator::gumbel_rao       ? reference::estimator::gumbel_rao
                                                                 : reference::estimator::score_function;
  s.inner_samples = std::size_t(problem.inner_samples);
  s.optimizer = problem.optimizer == optimizer_kind::adam           ? reference::optimizer_kind::adam
                : problem.optimizer == optimizer_kind::adam_pytorch ? reference::optimizer_kind::adam_pytorch
                : problem.optimizer == optimizer_kind::sgd          ? reference::optimizer_kind::sgd
                                                                    : reference::optimizer_kind::rmsprop;
  s.smoothing = problem.smoothing == gan_smoothing::none             ? reference::smoothing_kind::none
                : problem.smoothing == gan_smoothing::gumbel_softmax ? reference::smoothing_kind::gumbel_softmax
                : problem.smoothing == gan_smoothing::label          ? reference::smoothing_kind::label
                                                                     : reference::smoothing_kind::normal;
  s.smoothing_amount = problem.smoothing_amount;
  s.generator_rate = of(c.generator_learning_rate);
  s.discriminator_rate = of(c.discriminator_learning_rate);
  s.beta_1 = of(c.beta_1);
  s.beta_2 = of(c.beta_2);
  s.epsilon = of(c.epsilon);
  const temperature_schedule& t = of(c.temperature);
  s.temperature.shape = t.shape == schedule_shape::linear        ? reference::schedule_shape::linear
                        : t.shape == schedule_shape::exponential ? reference::schedule_shape::exponential
                                                                 : reference::schedule_shape::cosine;
  s.temperature.step.clear();
  s.temperature.temperature.clear();
  for (int i = 0; i < t.knot_count; ++i) {
    s.temperature.step.push_back(double(t.knots[i].step));
    s.temperature.temperature.push_back(t.knots[i].temperature);
  }
  s.batch = std::size_t(of(c.batch_size));
  s.generator_steps = std::size_t(of(c.generator_steps));
  return s;
}

reference::sweep_gan make_reference(const sweep_config& c, std::size_t gan, double tremor = 0, unsigned number = 1) {
  const stream_row stream{c.seed.size() == 1 ? c.seed[0] : c.seed[gan], c.first_gan + gan};
  reference::sweep_gan made(settings_of(c, gan),
                            [stream](std::uint64_t block, int word) { return stream(block).word[word]; });
  made.shake = {tremor, std::minstd_rand(number)};
  return made;
}

// What is compared after a step.
struct results {
  std::vector<double> distribution, logits;
  double total_variation = 0, generator_loss = 0, discriminator_loss = 0;
  explicit results(const reference::sweep_gan& gan)
      : distribution(gan.distribution()),
        logits(gan.logits),
        total_variation(gan.total_variation()),
        generator_loss(gan.expected_generator_loss()),
        discriminator_loss(gan.expected_critic_loss()) {}
};

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

struct training {
  std::vector<results> after;
  std::vector<reference::edges> seen;
  std::vector<double> parameters;
};
training train(reference::sweep_gan gan, int count) {
  training done;
  for (int i = 0; i < count; ++i) {
    gan.step();
    done.after.emplace_back(gan);
  }
  done.seen = {gan.hinges, gan.kinks, gan.ties};
  done.parameters = gan.critic;
  done.parameters.insert(done.parameters.end(), gan.logits.begin(), gan.logits.end());
  return done;
}

// Of each result the bound after each step: it grows only.
struct bounds {
  double distribution = 0, logits = 0, total_variation = 0, generator_loss = 0, discriminator_loss = 0;
};

class SweepProblem : public testing::TestWithParam<sweep_case> {};

TEST_P(SweepProblem, TrainsAsTheReferenceDoes) {
  sweep_config config = GetParam().config;
  config.num_gans = config.history_gans = 1;
  config.epochs = {steps};
  config.steps_per_epoch = 1;

  const training expected = train(make_reference(config, 0), steps);
  std::vector<bounds> bound(steps);
  double parameters = 0;
  for (unsigned number = 1; number <= 6; ++number) {
    const training disturbed = train(make_reference(config, 0, 0x1p-20, number), steps);
    for (std::size_t kind = 0; kind < expected.seen.size(); ++kind)
      EXPECT_EQ(disturbed.seen[kind].decisions, expected.seen[kind].decisions) << "an edge is too near, kind " << kind;
    parameters = std::max(parameters, distance(disturbed.parameters, expected.parameters));
    bounds worst;
    for (std::size_t i = 0; i < steps; ++i) {
      const results &a = disturbed.after[i], &b = expected.after[i];
      const auto grow = [](double& value, double& total, double difference, double rounding) {
        value = std::max(value, difference);
        total = std::max(total, 4 * value + 0x1p-21 * rounding);
      };
      grow(worst.distribution, bound[i].distribution, distance(a.distribution, b.distribution), 1);
      grow(worst.logits, bound[i].logits, distance(a.logits, b.logits), 4);
      grow(worst.total_variation, bound[i].total_variation, std::abs(a.total_variation - b.total_variation), 1);
      grow(worst.generator_loss, bound[i].generator_loss, std::abs(a.generator_loss - b.generator_loss),
           std::max(1., std::abs(b.generator_loss)));
      grow(worst.discriminator_loss, bound[i].discriminator_loss, std::abs(a.discriminator_loss - b.discriminator_loss),
           std::max(1., std::abs(b.discriminator_loss)));
    }
  }
  for (const reference::edges& edges : expected.seen)
    EXPECT_GT(edges.nearest, 4 * parameters) << "an edge is too near: take another seed";
  const bounds& last = bound.back();
  const results first(make_reference(config, 0)), &end = expected.after.back();
  const bool still = config.temperature[0].knots[0].temperature == 0;  // no gradient reaches the logits
  if (!still) {
    EXPECT_LT(last.logits, .002 * distance(first.logits, end.logits)) << "the comparison would say little";
    EXPECT_LT(last.distribution, .002 * distance(first.distribution, end.distribution)) << "likewise";
  }
  EXPECT_LT(last.generator_loss, .002 * std::abs(first.generator_loss - end.generator_loss)) << "likewise";
  EXPECT_LT(last.discriminator_loss, .004 * std::abs(first.discriminator_loss - end.discriminator_loss)) << "likewise";
  for (std::size_t kind = 0; kind < 2; ++kind)
    if (const reference::edges& edges = expected.seen[kind]; edges.above + edges.below > 0) {
      EXPECT_GT(std::min(edges.above, edges.below), 4u) << "one side of the edges is not trained, kind " << kind;
    }

  const sweep_result result = train_sweep(config);
  ASSERT_EQ(result.outcome[0], gan_outcome::end);
  EXPECT_EQ(result.epochs[0], steps);
  EXPECT_EQ(result.steps[0], steps);
  const std::size_t classes = config.target[0].size();
  ASSERT_EQ(result.history.size(), steps * classes);
  const auto numbers = [classes](const std::vector<float>& all, std::size_t row) {
    return std::vector<double>(all.begin() + std::ptrdiff_t(row * classes),
                               all.begin() + std::ptrdiff_t((row + 1) * classes));
  };
  for (std::size_t i = 0; i < steps; ++i) {
    const results& e = expected.after[i];
    ASSERT_LE(distance(numbers(result.history, i), e.distribution), bound[i].distribution) << "step " << i;
    ASSERT_NEAR(result.history_total_variation[i], e.total_variation, bound[i].total_variation) << "step " << i;
    ASSERT_NEAR(result.history_generator_loss[i], e.generator_loss, bound[i].generator_loss) << "step " << i;
    ASSERT_NEAR(result.history_discriminator_loss[i], e.discriminator_loss, bound[i].discriminator_loss)
        << "step " << i;
  }
  EXPECT_LE(distance(numbers(result.logits, 0), end.logits), last.logits);
  EXPECT_LE(distance(numbers(result.distribution, 0), end.distribution), last.distribution);
  EXPECT_NEAR(result.total_variation[0], end.total_variation, last.total_variation);
  EXPECT_NEAR(result.generator_loss[0], end.generator_loss, last.generator_loss);
  EXPECT_NEAR(result.discriminator_loss[0], end.discriminator_loss, last.discriminator_loss);
}

// K = 4, B = 6, G = 2, rates that move parameters by a few tenths in 30 steps.
sweep_config plain() {
  sweep_config c;
  c.target = {{.1, .2, .3, .4}};
  c.initial_logits = {{.3f, -.2f, .5f, 0.f}};
  c.generator_learning_rate = {.03f};
  c.discriminator_learning_rate = {.02f};
  c.beta_1 = {.7};
  c.beta_2 = {.95};
  c.epsilon = {.01f};  // so that Adam's steps tell the scale of gradients, too
  c.temperature = {constant_temperature(.8f)};
  c.batch_size = {6};
  c.generator_steps = {2};
  c.first_gan = 3;
  return c;
}

gan_problem perceptron(std::vector<int> widths, gan_activation activation) {
  gan_problem problem;
  problem.hidden_layers = int(widths.size());
  std::copy(widths.begin(), widths.end(), problem.hidden_width);
  problem.activation = activation;
  return problem;
}

std::vector<sweep_case> cases() {
  std::vector<sweep_case> all;
  // Seeds at which no sample is near an edge; 42 is, for these.
  const std::map<std::string, std::uint64_t> seeds{{"NonSaturatingLeaky3", 1}, {"ScoreFunctionLeaky", 1}};
  const auto add = [&](const std::string& name, const auto& change) {
    sweep_config c = plain();
    change(c, c.problem[0]);
    const auto seed = seeds.find(name);
    c.seed = {seed == seeds.end() ? 42 : seed->second};
    all.push_back({name, c});
  };
  const auto leaky = gan_activation::leaky_relu;
  const auto tanh = gan_activation::tanh;
  const std::pair<const char*, gan_problem> discriminators[] = {
      {"Logistic", {}},
      {"Leaky1", perceptron({5}, leaky)},
      {"Leaky2", perceptron({4, 3}, leaky)},
      {"Leaky3", perceptron({3, 4, 2}, leaky)},
      {"Tanh1", perceptron({5}, tanh)},
      {"Tanh2", perceptron({4, 3}, tanh)},
      {"Tanh3", perceptron({3, 4, 2}, tanh)},
  };
  const std::pair<const char*, gan_loss> losses[] = {{"NonSaturating", gan_loss::non_saturating},
                                                     {"Saturating", gan_loss::saturating},
                                                     {"Hinge", gan_loss::hinge},
                                                     {"Wasserstein", gan_loss::wasserstein}};
  const std::pair<const char*, gan_estimator> estimators[] = {{"Relaxed", gan_estimator::relaxed},
                                                              {"StraightThrough", gan_estimator::straight_through},
                                                              {"GumbelRao", gan_estimator::gumbel_rao},
                                                              {"ScoreFunction", gan_estimator::score_function}};
  for (const auto& [loss_name, loss] : losses)
    for (const auto& [name, discriminator] : discriminators)
      add(std::string(loss_name) + name, [&, l = loss, d = discriminator](sweep_config& c, gan_problem& p) {
        p = d;
        p.loss = l;
        if (l == gan_loss::hinge) c.discriminator_learning_rate = {d.hidden_layers ? .08f : .2f};  // scores beyond ±1
      });
  for (const auto& [name, estimator] : estimators)
    for (const auto& [loss_name, loss] : losses)
      for (const int layers : {0, 1})
        add(std::string(name) + loss_name + (layers ? "Tanh" : "Logistic"),
            [&, l = loss, e = estimator](sweep_config& c, gan_problem& p) {
              if (layers) p = perceptron({4}, tanh);
              p.loss = l;
              p.estimator = e;
              p.inner_samples = 3;
              c.batch_size = {7};
              c.generator_steps = {3};
              if (l == gan_loss::hinge) c.discriminator_learning_rate = {.15f};
              if (!layers) {
                p.optimizer = optimizer_kind::sgd;
                c.generator_learning_rate = {.3f};
                c.discriminator_learning_rate = {l == gan_loss::hinge ? .4f : .1f};
              }
            });
  add("ScoreFunctionBatchOf1", [](sweep_config& c, gan_problem& p) {
    p.estimator = gan_estimator::score_function;
    c.batch_size = {1};
  });
  add("ScoreFunctionLeaky", [&](sweep_config&, gan_problem& p) {
    p = perceptron({5, 2}, leaky);
    p.estimator = gan_estimator::score_function;
  });
  add("GumbelRaoLeakyManyInnerSamples", [&](sweep_config& c, gan_problem& p) {
    p = perceptron({4}, leaky);
    p.estimator = gan_estimator::gumbel_rao;
    p.inner_samples = 10;
    c.batch_size = {5};
  });
  add("GumbelRaoOneInnerSample", [&](sweep_config&, gan_problem& p) {
    p.estimator = gan_estimator::gumbel_rao;
    p.inner_samples = 1;
  });

  const std::pair<const char*, optimizer_kind> optimizers[] = {{"Adam", optimizer_kind::adam},
                                                               {"AdamPytorch", optimizer_kind::adam_pytorch},
                                                               {"Sgd", optimizer_kind::sgd},
                                                               {"RmsProp", optimizer_kind::rmsprop}};
  for (const auto& [name, optimizer] : optimizers)
    for (const int layers : {0, 1})
      add(std::string(name) + (layers ? "Tanh" : "Logistic"), [&, o = optimizer](sweep_config& c, gan_problem& p) {
        if (layers) p = perceptron({4}, tanh);
        p.optimizer = o;
        c.target = {{.2, 0, .3, .1, .4}};
        c.initial_logits = {{}};
        c.batch_size = {5};
        if (o == optimizer_kind::sgd) {
          c.generator_learning_rate = {.3f};
          c.discriminator_learning_rate = {.1f};
        }
      });
  add("SgdWithoutMomentum", [](sweep_config& c, gan_problem& p) {
    p.optimizer = optimizer_kind::sgd;
    c.beta_1 = {0};
    c.generator_learning_rate = {1};
    c.discriminator_learning_rate = {.3f};
  });
  add("AdamOfTheArticle", [](sweep_config& c, gan_problem&) {
    c.beta_1 = {.9};
    c.beta_2 = {.999};
    c.epsilon = {1e-8f};
  });

  const std::pair<const char*, gan_smoothing> smoothings[] = {{"GumbelSoftmax", gan_smoothing::gumbel_softmax},
                                                              {"Label", gan_smoothing::label},
                                                              {"Normal", gan_smoothing::normal}};
  for (const auto& [name, smoothing] : smoothings)
    for (const int layers : {0, 1, 2})
      add(std::string("Smoothing") + name +
              (layers == 0   ? "Logistic"
               : layers == 1 ? "Tanh"
                             : "Leaky2"),
          [&, s = smoothing](sweep_config& c, gan_problem& p) {
            if (layers) p = layers == 1 ? perceptron({4}, tanh) : perceptron({4, 3}, leaky);
            p.smoothing = s;
            p.smoothing_amount = .3f;
            c.batch_size = {9};
            c.target = {{.2, .5, .3}};
            c.initial_logits = {{}};
          });
  add("SmoothingGumbelSoftmaxStraightThrough", [](sweep_config& c, gan_problem& p) {
    p.smoothing = gan_smoothing::gumbel_softmax;
    p.estimator = gan_estimator::straight_through;
    c.temperature = {constant_temperature(.5f)};
  });

  for (const auto& [name, discriminator] : discriminators) {
    add(std::string("Penalty") + name, [&, d = discriminator](sweep_config&, gan_problem& p) {
      p = d;
      p.loss = gan_loss::wasserstein;
      p.gradient_penalty = 2;
    });
  }
  add("PenaltyNonSaturatingStraightThroughTanh2", [&](sweep_config& c, gan_problem& p) {
    p = perceptron({4, 3}, tanh);
    p.gradient_penalty = .7f;
    p.estimator = gan_estimator::straight_through;
    c.batch_size = {5};
  });
  add("PenaltySmoothedHingeLeaky1", [&](sweep_config& c, gan_problem& p) {
    p = perceptron({4}, leaky);
    p.loss = gan_loss::hinge;
    p.gradient_penalty = .5f;
    p.smoothing = gan_smoothing::normal;
    p.smoothing_amount = .2f;
    c.discriminator_learning_rate = {.08f};
  });
  for (const auto& [name, discriminator] : {discriminators[0], discriminators[2], discriminators[4]})
    add(std::string("Clip") + name, [&, d = discriminator](sweep_config&, gan_problem& p) {
      p = d;
      p.loss = gan_loss::wasserstein;
      p.weight_clip = .3f;
    });

  add("HeUniform", [&](sweep_config&, gan_problem& p) {
    p = perceptron({5, 3}, tanh);
    p.initializer = gan_initializer::he_uniform;
  });
  add("HeUniformLogistic", [&](sweep_config&, gan_problem& p) { p.initializer = gan_initializer::he_uniform; });
  for (const schedule_shape shape : {schedule_shape::linear, schedule_shape::exponential, schedule_shape::cosine})
    add(std::string("Schedule") + (shape == schedule_shape::linear   ? "Linear"
                                   : shape == schedule_shape::cosine ? "Cosine"
                                                                     : "Exponential"),
        [shape](sweep_config& c, gan_problem& p) {
          temperature_schedule t;
          t.shape = shape;
          t.knot_count = 3;
          t.knots[0] = {3, 1.5f};
          t.knots[1] = {11, .9f};
          t.knots[2] = {23, .5f};
          c.temperature = {t};
          p.smoothing = gan_smoothing::gumbel_softmax;
        });
  add("TemperatureZero", [](sweep_config& c, gan_problem& p) {
    c.temperature = {constant_temperature(0)};
    p.smoothing = gan_smoothing::gumbel_softmax;
  });
  for (const int classes : {2, 3, 5, 6})
    add("Classes" + std::to_string(classes), [&](sweep_config& c, gan_problem& p) {
      c.target = {std::vector<double>(std::size_t(classes), 0)};
      for (int k = 0; k < classes; ++k) c.target[0][std::size_t(k)] = 2. * (k + 1) / (classes * (classes + 1));
      c.initial_logits = {{}};
      c.batch_size = {2 + classes};
      c.generator_steps = {1 + classes % 3};
      p = perceptron({classes + 1}, tanh);
      p.estimator = gan_estimator::gumbel_rao;
      p.inner_samples = 2;
      p.gradient_penalty = .3f;
      p.smoothing = gan_smoothing::gumbel_softmax;
    });

  // More than 16 classes, samples and units, of which sums in a computer's vectors are no longer one round.
  const auto more_classes = [](sweep_config& c, int classes, int batch) {
    c.target = {std::vector<double>(std::size_t(classes), 1. / classes)};
    c.initial_logits = {{}};
    for (int k = 0; k < classes; ++k) c.initial_logits[0].push_back(float(k % 7) / 4);
    c.batch_size = {batch};
    c.generator_learning_rate = {.1f};
  };
  add("Classes17Tanh18", [&](sweep_config& c, gan_problem& p) {
    more_classes(c, 17, 18);
    p = perceptron({18}, tanh);
  });
  add("Classes20GumbelRao", [&](sweep_config& c, gan_problem& p) {
    more_classes(c, 20, 17);
    p.estimator = gan_estimator::gumbel_rao;
    p.inner_samples = 2;
    p.optimizer = optimizer_kind::sgd;
    c.generator_learning_rate = {2};
  });
  add("Classes33ScoreFunction", [&](sweep_config& c, gan_problem& p) {
    more_classes(c, 33, 20);
    p.estimator = gan_estimator::score_function;
    p.optimizer = optimizer_kind::sgd;
    c.generator_learning_rate = {2};
  });
  add("Classes40Normal", [&](sweep_config& c, gan_problem& p) {
    more_classes(c, 40, 33);
    p.smoothing = gan_smoothing::normal;
    p.smoothing_amount = .2f;
  });
  add("Batch17PenaltyTanh17", [&](sweep_config& c, gan_problem& p) {
    p = perceptron({17}, tanh);
    p.gradient_penalty = .5f;
    c.batch_size = {17};
  });
  add("RowFarAway", [](sweep_config& c, gan_problem& p) {
    c.first_gan = (std::uint64_t{1} << 40) + 5;
    p.smoothing = gan_smoothing::gumbel_softmax;
  });

  // 13 of them, so that B = 6 comes around in the middle of a batch. Their shares are multiples of 1/13.
  for (const data_order order : {data_order::file, data_order::iid})
    add(order == data_order::file ? "DataInFileOrder" : "IndependentData", [order](sweep_config& c, gan_problem&) {
      c.data = {0, 3, 3, 1, 2, 3, 0, 1, 2, 2, 3, 3, 3};
      c.order = order;
      c.target = {{2. / 13, 2. / 13, 3. / 13, 6. / 13}};
    });
  add("FewerDataThanABatch", [](sweep_config& c, gan_problem&) {
    c.data = {0, 3, 1, 2, 3};
    c.target = {{.2, .2, .2, .4}};
    c.batch_size = {9};
  });
  return all;
}

// An epoch of five steps after which the reference is nearer to its target than ever before, by more than any rounding:
// with a limit between, training ends there, with what it is then.
TEST(Sweep, StopsAfterTheFirstEpochThatIsNearEnough) {
  sweep_config config = plain();
  config.epochs = {40};
  config.steps_per_epoch = 5;
  reference::sweep_gan gan = make_reference(config, 0);
  double nearest = gan.total_variation();
  int epoch = 0;
  for (bool found = false; !found;) {
    ASSERT_LT(++epoch, 40);
    for (int i = 0; i < 5; ++i) gan.step();
    found = epoch > 2 && gan.total_variation() < nearest - .01;
    if (found) config.until_total_variation = (nearest + gan.total_variation()) / 2;
    nearest = std::min(nearest, gan.total_variation());
  }
  const sweep_result result = train_sweep(config);
  EXPECT_EQ(result.outcome[0], gan_outcome::converged);
  EXPECT_EQ(result.epochs[0], epoch);
  EXPECT_EQ(result.steps[0], 5 * epoch);
  EXPECT_NEAR(result.total_variation[0], nearest, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Problems, SweepProblem, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<sweep_case>& c) { return c.param.name; });

}  // namespace
