"""Samples of writing into a tensor: what is recorded, and what is refused."""

from .samples import samples

ONE_SHAPE = {"plain": ((2, 3), (2, 3), (2, 3))}
SHAPES = {
    "plain": ((2, 3), (2, 3), (2, 3)),
    "broadcast": ((2, 3), (3,), (2, 1)),
    "0-d": ((), (), ()),
    "too small": ((3,), (2, 3), (2, 3)),
    "mismatched": ((2, 3), (4,), (2,)),
    "empty": ((0, 3), (3,), (0, 3)),
}
TWO = (
    "add_(y) add_(y,alpha=2) sub_(y) sub_(y,alpha=2) mul_(y) div_(y) pow_(y) atan2_(y) hypot_(y) "
    "fmod_(y) remainder_(y) floor_divide_(y) xlogy_(y) lerp_(y,0.3) lerp_(y,z) addcmul_(y,z) "
    "addcmul_(y,z,value=2) addcdiv_(y,z) clamp_(y,z) clamp_(min=y) clamp_min_(y) clamp_max_(y) "
    "masked_fill_(y>1,2.5) eq_(y) lt_(y) div_(y,rounding_mode='floor')"
)
samples(*(f"(x * 1).{call}" for call in TWO.split()), shapes=SHAPES, low=0.5)
UNARY = "exp relu sigmoid neg sqrt square"
ONE = (
    "abs_() acos_() asin_() atan_() ceil_() clamp_(0,0.5) clamp_(max=0.5) clamp_min_(0.5) "
    "clamp_max_(0.5) cos_() cosh_() erf_() exp_() exp2_() expm1_() floor_() frac_() log_() "
    "log10_() log1p_() log2_() logit_() nan_to_num_() neg_() reciprocal_() relu_() round_() "
    "rsqrt_() sgn_() sigmoid_() sign_() sin_() sinh_() sqrt_() square_() tan_() tanh_() "
    "trunc_() zero_() add_(1) sub_(1) mul_(2) div_(2) pow_(2) pow_(0.5) remainder_(0.3) "
    "fmod_(0.3) floor_divide_(0.3) ge_(0.5) masked_fill_(y>0.5,y[0,0]) xlogy_(2) fill_(2) "
    "fill_(y[0,0]) copy_(y) copy_(2) copy_(True) copy_('a') fill_(1e300) copy_(y[0]) "
    "copy_(y.double()) logical_and_(y) ne_(0.5) "
    "lerp_(y[0],z[0]) "
)
samples(*(f"(x * 1).{call}" for call in ONE.split()), shapes=ONE_SHAPE, low=0.1, high=0.9)
ALONE = [call for call in ONE.split() if "y" not in call]
samples(*(f"(x * 1)[0].{call}" for call in ALONE), shapes=ONE_SHAPE, low=0.1, high=0.9)
samples(*(f"x.{call}" for call in ALONE), shapes=ONE_SHAPE, low=0.1, high=0.9)
samples("(x * 1).clamp_()", shapes=ONE_SHAPE)
samples(*(f"torch.{name}_(x * 1)" for name in UNARY.split()), low=0.5)


WRITES = (
    "a += y", "a -= 1", "a *= y", "a /= 2", "a **= 2", "a **= y", "a //= 2", "a %= 2", "a %= y",
    "b = a[0]; b += 1", "b = a[0]; b *= y[0]", "b = a[:, 1:]; b.exp_()", "b = a.t(); b.mul_(y.t())",
    "b = a.view(-1); b.copy_(y.view(-1))", "b = a[1]; b.zero_()", "b = a[1]; b.fill_(3.0)",
    "b = a[0][1:]; b.sin_(); b.mul_(2)", "b = a[0]; a.mul_(2); b.add_(1)",
    "b = a.detach(); b.mul_(2)", "b = a.exp(); b += 1", "b = a.exp(); b *= 2; a = b.sum()",
    "b = a * a; a += 1; a = b.sum()", "b = a.sin(); a.mul_(2); a = b.sum()",
    "a = torch.zeros(2, 3, dtype=x.dtype); a[0].add_(y[0])", "a = torch.zeros(2, 3); a += x.double()",
    "a = torch.zeros(2, 3, dtype=torch.float64); a += x", "a = x.double(); a *= y",
    "a = x.detach(); a += y", "a = x.detach().long(); a += y", "a = x.detach().long(); a += 0.5",
    "a = x.detach().long(); a /= 2", "a = x.detach().long(); a += 1", "a = x.detach() > 0; a += 1",
    "a = x.detach() > 0; a += True", "a = x.detach() > 0; a &= a", "a = x.detach().long(); a |= 1",
    "a = x.detach().long(); a ^= 3", "a &= 1",
    "a = x.detach().long(); a &= 1.0",
    "a = x.detach().long(); a.sqrt_()", "a = x.detach().long(); a.relu_()",
    "a = x.detach().long(); a.pow_(2)", "a = x.detach().long(); a.pow_(-1)",
    "a = x.detach().long(); a.clamp_(0, 1)", "a = x.detach().long(); a.fill_(2.7)",
    "a = x.detach().long(); a.masked_fill_(a > 0, 2.7)", "a = x.detach().long(); a.copy_(y)",
    "a = x.detach().long(); a.eq_(1)", "a = x.detach().long(); a.lerp_(a, 0.5)",
    "a = torch.zeros(1, 3).expand(2, 3); a += 1", "a = torch.zeros(1, 3).expand(2, 3); a.zero_()",
    "a = torch.zeros(1, 3).expand(2, 3); a.fill_(1)", "a = torch.zeros(1, 3).expand(2, 3); a.copy_(y)",
    "a = torch.zeros(1, 1).expand(2, 3); a.masked_fill_(y > 0, 1)",
    "a = torch.zeros(1, 3).expand(2, 3); a.relu_()",
    "a = torch.arange(4.0); a[1:].add_(a[:-1])", "a = torch.arange(4.0); a[1:].copy_(a[:-1])",
    "a = torch.arange(4.0); a.add_(a)", "a.mul_(a)", "a.sub_(a)", "a.div_(a)", "a.pow_(a)",
    "a.addcmul_(a, a)", "a.lerp_(a, a)", "a.copy_(a)", "a += 'a'", "a.add_('a')",
    "a = x.detach().long(); a.fill_(float('nan'))", "a = x.detach().long(); a.copy_(2.5)",
    "a.fill_(2.0); a.mul_(float('inf'))", "b = a * 1; b.zero_(); a = b * float('inf')",
    "x += 1", "x[0] += 1", "b = x.view(-1); b.mul_(2)", "x.zero_()", "x.add_(y[:, :2])",
)  # fmt: skip
samples(*(f"a = x * 1; {line}; a" for line in WRITES), shapes=ONE_SHAPE, low=0.5)

IN_PLACE = {"plain": ((2, 3),), "0-d": ((),), "empty": ((0, 3),)}
samples(
    *(f"a = x * 1; a.{name}_(); a" for name in ("atan", "arctan", "absolute", "expm1")),
    "a = x * 1; a.clip_(0, 1); a", "a = x * 1; a.clip_(max=0.5); a", "a = x * 1; torch.rad2deg_(a); a",
    shapes=IN_PLACE,
)  # fmt: skip
samples(
    *(f"a = x * 1; a.{name}_(); a" for name in ("asin", "acos", "arcsin", "arccos", "erfinv")),
    shapes=IN_PLACE, low=-0.9, high=0.9,
)  # fmt: skip
samples(
    "a = x * 1; a.addmm_(y, y, beta=2, alpha=3); a", "a = x[0] * 1; a.addmv_(y, y[0]); a",
    "a = x * 1; a.addr_(y[0], y[1]); a", "a = x[None] * 1; a.baddbmm_(y[None], y[None]); a",
    shapes={"plain": ((2, 2), (2, 2))},
)  # fmt: skip
