"""Writes the tables of correctly rounded values that `math_accuracy.rs` compares with.

    pip install mpmath; python3 reference.py [points per function]

One file per function, one line per argument: the bits of x and the bits of f(x), both f64 in hexadecimal, and what the exact
value lies above the rounded one, in thousandths of the distance of doubles there (upwards in magnitude). Every value is
computed with far more digits than any double needs and rounded once, into the denormal range too. Points: evenly over the
ranges where the function bends, evenly over all exponents, close to the edges, and for sin and cos the doubles next to
multiples of pi/2; and the intervals where our functions err most.
"""
import math
import random
import struct
import sys

import mpmath as mp

mp.mp.prec = 2400  # sin(1e308) needs 1,100 bits of pi, expm1(1e-308) as many of e^x
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1200


def bits(value):
    return struct.pack('>d', value).hex()


def rounded(value):
    """The double nearest to an exact value, ties to even, gradual underflow; and the thousandths that it lost."""
    if mp.isnan(value):
        return math.nan, 0
    if mp.isinf(value) or value == 0:
        return float(value), 0
    size = abs(value)
    exponent = max(int(mp.floor(mp.log(size, 2))) - 52, -1074)
    steps = mp.ldexp(size, -exponent)
    whole = int(mp.nint(steps))
    if whole * mp.mpf(2) ** exponent >= mp.mpf(2) ** 1024:
        return math.copysign(math.inf, value), 0
    return math.copysign(math.ldexp(whole, exponent), value), int(mp.nint((steps - whole) * 1000))


def neighbours(value, steps=2):
    result = [value]
    up = down = value
    for _ in range(steps):
        up = math.nextafter(up, math.inf)
        down = math.nextafter(down, -math.inf)
        result += [up, down]
    return result


def spread(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def exponents(low, high, count):
    return [math.ldexp(random.uniform(1, 2), random.randint(low, high)) for _ in range(count)]


TINY = [0.0, 5e-324, 1e-323, 2.2250738585072009e-308, 2.2250738585072014e-308, 1e-300, 1e-100, 1e-20]
GENERAL = TINY + [1.0, 2.0, 0.5, math.e, 1e10, 1e100, 1e300, 1.7976931348623157e308]


def both(values):
    return [s * v for v in values for s in (1, -1)]


def near(values):
    return [n for v in values for n in neighbours(v)]


def exponential():
    n = COUNT
    return (both(GENERAL) + near([709.782712893384, -708.3964185322641, -745.1332191019411, -744.4400719213812, 716.3560, -37.43, 36.74])
            + near(k * 0.34657359027997264 for k in range(-9, 10, 2)) + spread(-1, 1, n // 3) + spread(-40, 40, n // 4)
            + spread(-750, 720, n // 4) + both(exponents(-60, 2, n // 12)))


def logarithm():
    n = COUNT
    return (GENERAL + near([1.0, math.sqrt(2), math.sqrt(0.5), 2 ** -1022]) + spread(0.5, 2, n // 2) + spread(0, 100, n // 6)
            + exponents(-1074, 1023, n // 6) + [1 + s for s in both(exponents(-52, -2, n // 12))])


def logarithm1p():
    n = COUNT
    return (GENERAL + [-v for v in TINY] + near([-0.5, math.sqrt(2) - 1, math.sqrt(0.5) - 1, 1.0, -0.9999999])
            + spread(-1, 1, n // 2) + spread(1, 100, n // 8) + exponents(-70, 1023, n // 8) + [-v for v in exponents(-70, -2, n // 8)])


def hyperbolic():
    n = COUNT
    return (both(GENERAL) + near([0.55, -0.55, 19.06, 22.0]) + spread(-1, 1, n // 2) + spread(-20, 20, n // 3)
            + both(exponents(-70, 0, n // 12)))


def circular():
    n = COUNT
    multiples = [k * math.pi / 2 for k in [1, 2, 3, 4, 5, 6, 7, 8, 100, 1001, 12345, 10 ** 6, 1686629713, 10 ** 12]]
    return (both(GENERAL) + near(multiples) + [math.ldexp(6381956970095103, 797)] + spread(-math.pi, math.pi, n // 3)
            + spread(-100, 100, n // 6) + spread(-1e5, 1e5, n // 6) + both(exponents(-40, 60, n // 12)) + exponents(60, 1023, n // 24)
            + [k * math.pi / 2 + d for k in random.sample(range(1, 10 ** 6), n // 24) for d in [random.uniform(-1e-3, 1e-3)]])


FUNCTIONS = {
    'exp': (mp.exp, exponential),
    'expm1': (mp.expm1, exponential),
    'exprel': (lambda x: mp.mpf(1) if x == 0 else mp.expm1(x) / x, exponential),
    'exprel_reciprocal': (lambda x: mp.mpf(1) if x == 0 else x / mp.expm1(x), exponential),
    'log': (lambda x: -mp.inf if x == 0 else mp.log(x), logarithm),
    'log1p': (mp.log1p, logarithm1p),
    'tanh': (mp.tanh, hyperbolic),
    'sin': (mp.sin, circular),
    'cos': (mp.cos, circular),
}

# Where each function was found to err most.
WORST = {
    'exp': [(0.3, 0.4), (-0.36, -0.3)], 'expm1': [(0.34, 0.5), (-0.4, -0.3)],
    'exprel': [(-0.4, -0.2), (1, 1.4), (-0.8, -0.6)], 'exprel_reciprocal': [(0.2, 0.5), (1, 1.2)],
    'log': [(1.4, 1.7), (0.7, 0.72)], 'log1p': [(-0.3, 0.45)], 'tanh': [(0.1, 0.3), (0.5, 0.6)],
    'sin': [(1.2, 2.0), (0.4, 0.6)], 'cos': [(0, 0.3), (2, 2.5)],
}

if __name__ == '__main__':
    out = sys.argv[2] if len(sys.argv) > 2 else '.'
    for name, (function, points) in FUNCTIONS.items():
        random.seed(name)
        with open('%s/%s.txt' % (out, name), 'w') as file:
            for x in sorted(set(points() + [x for low, high in WORST[name] for x in spread(low, high, COUNT // 6)])):
                # beyond these, mpmath would compute numbers of 10^300 digits
                if name[:3] == 'exp' and abs(x) > 1e5:
                    continue
                if name == 'tanh' and abs(x) > 1e3:
                    value, lost = math.copysign(1.0, x), 0
                else:
                    value, lost = rounded(function(mp.mpf(x)))
                if x != 0:
                    file.write('%s %s %d\n' % (bits(x), bits(value), lost))
