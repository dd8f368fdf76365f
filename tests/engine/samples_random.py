"""Samples of numbers drawn at random, each from a seed; nothing flows back through them."""

from .samples import samples

samples(
    "(torch.manual_seed(3), torch.bernoulli(x.sigmoid()))[1]",
    "(torch.manual_seed(3), torch.bernoulli(x, 0.4))[1]",
    "(torch.manual_seed(3), (x * 1).bernoulli_(0.4))[1]",
    "(torch.manual_seed(3), (x * 1).bernoulli_(y.detach().sigmoid()))[1]",
    "(torch.manual_seed(3), (x * 1).uniform_(-1, 2))[1]",
    "(torch.manual_seed(3), (x * 1).normal_(1, 2))[1]",
    "(torch.manual_seed(3), (x * 1).random_(5))[1]",
    "(torch.manual_seed(3), (x * 1).random_(2, 5))[1]",
    "(torch.manual_seed(3), (x * 1).exponential_(2.0))[1]", "(x * 1).exponential_(-1)",
    "(torch.manual_seed(3), torch.randint_like(x, 2, 9))[1]",
    "(torch.manual_seed(3), x.detach().sigmoid().multinomial(2))[1]",
    "(torch.manual_seed(3), torch.multinomial(x.detach().sigmoid(), 1))[1]",
    "(torch.manual_seed(3), torch.multinomial(x.detach().sigmoid(), 9, replacement=True))[1]",
    "torch.multinomial(x, 0)", "torch.multinomial(x, 9)", "torch.multinomial(x.long(), 1)",
    "torch.multinomial(x.detach(), 1)", "torch.multinomial(x.detach() * 0, 1)",
    "(torch.manual_seed(3), torch.set_rng_state(torch.get_rng_state()), torch.rand(2))[2]",
    "(torch.manual_seed(3), (x * 1).random_())[1]", "(torch.manual_seed(3), torch.rand_like(x))[1]",
    "(torch.manual_seed(3), torch.randn_like(x))[1]",
    "(torch.manual_seed(3), F.dropout(x, 0.4))[1]",
    "F.dropout(x, 0.0)", "F.dropout(x, 1.0)", "F.dropout(x, 0.5, training=False)", "F.dropout(x, 2.0)",
    "x.uniform_()", "(x * 1).uniform_(1, 0)", "(x * 1).normal_(0, -1)", "x.detach().bernoulli_(2)",
    smooth=False,
)  # fmt: skip
