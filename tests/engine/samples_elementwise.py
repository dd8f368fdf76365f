"""Samples of arithmetic and of functions that act on each element."""

from .samples import samples

ONE_SHAPE = {"plain": ((2, 3), (2, 3), (2, 3))}
UNARY = {"plain": ((2, 3),), "0-d": ((),), "empty": ((0, 3),), "non-contiguous": ((2, 3),)}

samples(
    "x + y", "torch.add(x, y, alpha=2)",
    "x - y", "torch.sub(x, y, alpha=2)",
    "x * y", "torch.where(x > y, x, y)",
    "torch.maximum(x, y)", "torch.minimum(x, y)", "torch.fmax(x, y)", "torch.fmin(x, y)",
    "x.clamp(y, z)", "x.clamp(max=y)", "x.clamp(min=y)", "x.clamp_min(y)", "x.clamp_max(y)",
    "torch.lerp(x, y, 0.3)", "torch.lerp(x, y, 0.7)", "torch.lerp(x, y, z)",
    "torch.addcmul(x, y, z)", "torch.addcmul(x, y, z, value=2)",
    "torch.logaddexp(x, y)", "torch.hypot(x, y)", "x.atan2(y)",
    "x // y", "x % y", "torch.fmod(x, y)",
    "torch.div(x, y, rounding_mode='floor')", "torch.div(x, y, rounding_mode='trunc')",
    "x.masked_fill(y > 0, 1.5)", "x.masked_fill(y.detach() > 0, z)",
)  # fmt: skip
samples("torch.addcdiv(x, y, z)", "torch.addcdiv(x, y, z, value=2)", low=0.5)
samples(
    *(
        f"torch.mm(x, x.t()) {operator} torch.tensor({number})"
        for operator in ("+", "-", "*", "/", "**")
        for number in ("3", "2.5, dtype=torch.float64")
    ),
    shapes=ONE_SHAPE, low=0.5,
)  # fmt: skip
samples("x / y", "torch.xlogy(x, y)", "x ** y", "torch.pow(x, y)", low=0.5)
samples(
    "x + 1", "1 + x", "x - 1", "1 - x", "x * 2", "2.5 * x", "-x", "+x",
    "torch.add(x, 2, alpha=3)", "torch.add(1, x)", "torch.sub(1, x)", "torch.mul(2, x)",
    "torch.div(2, x + 5)", "torch.true_divide(2, x + 5)", "torch.floor_divide(2, x)",
    "x.abs()", "abs(x)", "x.sgn()", "x.sign()", "x.square()",
    "x.exp()", "x.exp2()", "x.expm1()", "x.sin()", "x.cos()", "x.tan()", "x.atan()",
    "x.sinh()", "x.cosh()", "x.tanh()", "x.asinh()", "x.sigmoid()", "x.erf()",
    "x.floor()", "x.ceil()", "x.round()", "x.trunc()", "x.frac()", "x.round(decimals=1)",
    "x % 2", "x % -0.7", "2 % x", "x // 2", "2 // x", "x.fmod(2)", "x.fmod(-0.7)",
    "torch.remainder(3, x)", "torch.div(x, 0.3, rounding_mode='floor')",
    "torch.div(x, 0.3, rounding_mode=None)",
    "x.clamp(-1, 1)", "x.clamp(min=0)", "x.clamp(max=0.5)", "x.clamp(1, -1)", "x.clip(0, 1)",
    "x.clamp_min(0.1)", "x.clamp_max(0.1)", "x.nan_to_num()", "x.nan_to_num(1.0)",
    "torch.where(x > 0, x, 0)", "torch.where(x > 0, 2.5, x)", "x.where(x > 0, 1)",
    "torch.where(x > 0, 1, 2.5)", "torch.where(x > 0)",
    "x ** 2", "x ** -1", "x ** 3", "x ** 0", "(-2) ** x", "0 ** x", "0 ** x.abs()",
    "torch.pow(2, x)", "torch.xlogy(x, 2)", "torch.xlogy(x, 2.5)",
    "torch.fix(x)", "torch.clip(x, max=1)", "torch.negative(x)", "torch.absolute(x)",
    shapes=UNARY,
)  # fmt: skip
samples(
    "x / 2", "2 / x", "x.reciprocal()", "x.log()", "x.log2()", "x.log10()", "x.log1p()",
    "x.sqrt()", "x.rsqrt()", "x ** 0.5", "2 ** x", "torch.xlogy(2, x)",
    shapes=UNARY, low=0.5,
)  # fmt: skip
samples(
    "x.asin()", "x.acos()", "x.atanh()", "torch.arcsin(x)", "torch.arccos(x)", "torch.arctanh(x)",
    shapes=UNARY, low=-0.9, high=0.9,
)  # fmt: skip
samples("x.acosh()", shapes=UNARY, low=1.1)
samples("x.erfinv()", shapes=UNARY, low=-0.95, high=0.95)
samples("torch.erfinv(torch.tensor([-1.0, 1, 2, 1 - 1e-7, 1e-9]) + 0 * x[0, 0])", shapes=ONE_SHAPE)
samples(
    "torch.deg2rad(x)", "x.rad2deg()", "torch.sinc(x)", "torch.sinc(x * 0)", "torch.erfc(x)",
    "x.signbit()", "torch.isposinf(x / 0)", "torch.isneginf(x / 0)", "torch.isreal(x)",
    "x.copysign(-1)", "torch.copysign(x * 0, -2.0)", "torch.copysign(x.long(), -1)",
    "x.float_power(2)", "x.float_power(-1)", "torch.float_power(2, x)", "x.long().float_power(2)",
    "x.long().deg2rad()", "x.float_power('a')", "(x > 0).signbit()",
    *(f"a = x * 1; a.{name}_(); a" for name in ("deg2rad", "rad2deg", "sinc", "erfc", "arctan")),
    "a = x * 1; a.float_power_(2); a", "a = x.double() * 1; a.float_power_(2); a",
    "a = x * 1; a.copysign_(-1); a", "a = x * 1; a.greater_(0); a", "a = x * 1; a.absolute_(); a",
    shapes=UNARY,
)  # fmt: skip
samples(
    "torch.copysign(x, y)", "torch.copysign(x * 0, y)", "torch.heaviside(x, y)", "x.float_power(y)",
    "torch.heaviside(x.detach(), y.detach())", "torch.logaddexp2(x, y)", "torch.heaviside(x, 1)",
    "torch.heaviside(x.detach() * 0, y.detach())", "torch.heaviside(x.detach(), y.half())",
    "a = x * 1; a.copysign_(y); a",
)  # fmt: skip
samples("x.logit()", "x.logit(eps=0.3)", shapes=UNARY, low=0.1, high=0.9)

UNARY_NAMES = (
    "abs sgn sign square sqrt rsqrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos "
    "atan sinh cosh tanh asinh acosh atanh sigmoid logit erf floor ceil round trunc frac "
    "reciprocal nan_to_num relu neg isnan isinf isfinite logical_not "
)
PAIR_NAMES = "maximum minimum fmax fmin atan2 hypot logaddexp xlogy fmod clamp_min clamp_max clamp "
SPECIAL = (
    "torch.tensor([0., -0., 1., -1., 2.5, 3.5, -2.5, float('nan'), float('inf'), -float('inf'), "
    "1e30, -1e30]).to(x.dtype)"
)
LEFT, RIGHT = f"({SPECIAL}.unsqueeze(1) + 0 * x[0, 0])", f"({SPECIAL} + 0 * y[0, 0])"
samples(
    *(f"{SPECIAL}.requires_grad_().{name}()" for name in UNARY_NAMES.split()),
    shapes=ONE_SHAPE,
)
samples(
    *(f"{LEFT} {operator} {RIGHT}" for operator in ("+", "*", "/", "//", "%", "**", "<", "==")),
    *(f"torch.{name}({LEFT}, {RIGHT})" for name in PAIR_NAMES.split()),
    shapes=ONE_SHAPE,
)
samples(
    "torch.maximum(x, x.detach())", "torch.fmin(x, x.detach())", "x.clamp(x.detach(), x.detach())",
    "torch.hypot(x * 0, y * 0)", "torch.atan2(x * 0, y * 0)", "(x * 0).abs()", "(x * 0) ** y",
    "(x * 0) ** 0.5", "(x * 0) ** (y * 0)", "x ** (y * 0)", "torch.xlogy(x * 0, y * 0)",
    shapes=ONE_SHAPE,
)  # fmt: skip
samples(
    "torch.maximum(x, 2)", "torch.lerp(x, y.double(), 0.5)", "x.clamp()", "torch.where(x, x, y)",
    "torch.div(x, y, rounding_mode='up')", "x.masked_fill(x, 1)", "x.masked_fill(x > 0, y)",
    "x + 'a'", "x - None", "x * [1]", "x ** 'a'", "x < 'a'", "x == 'a'", "x != None", "x % 'a'",
    "x // 'a'", "x & 1", "x | x", "~x", "x & 'a'", "torch.logical_and(x, 1)", "torch.equal(x, 1)",
    "torch.isclose(x, y.double())", "torch.sin(1.0)", "torch.sin('a')",
    "torch.add(x, 'a')", "torch.mul(x, None)", "torch.div(x, 'a')", "torch.sub(x, [1])",
    "torch.add(x, 1, out=y)", "torch.exp(x, out=y)", "torch.exp(x.detach(), out=y)",
    shapes=ONE_SHAPE,
)  # fmt: skip
samples(
    "x == y", "x != y", "x < y", "x <= y", "x > y", "x >= y", "torch.eq(x, y)",
    "torch.logical_and(x, y)", "torch.logical_or(x, y)", "torch.logical_xor(x, y)",
    "(x > 0) & (y > 0)", "(x > 0) | (y > 0)", "(x > 0) ^ (y > 0)",
    "torch.isclose(x, y)", "torch.isclose(x, y, rtol=0.5, atol=0.5)",
)  # fmt: skip
samples(
    "x <= 0.5", "0.5 < x", "x == 1", "~(x > 0)", "x.logical_not()", "x.isnan()",
    "torch.allclose(x, x)", "torch.allclose(x, x + 1)", "torch.equal(x, x)", "x.equal(x + 1)",
    "torch.isclose(x, x * float('nan'), equal_nan=True)", "x.greater(1)", "x.not_equal(1)",
    shapes=UNARY,
)  # fmt: skip
samples("torch.allclose(x, y)", "torch.equal(x, y)")
