"""Samples of operations that give the same numbers another shape, a copy, a cast."""

from .samples import samples

samples("x.reshape(-1)", "x.view(3, 2)", "x.reshape(7)", "x.unsqueeze(0)", "x.unsqueeze(-1)")
samples("x.t()", "x.clone()", "x.double()", "x.float()", "x.long()", "x.detach()")
