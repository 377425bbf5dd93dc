"""Prints the minimax coefficients of `runtime/src/math`: Remez exchange in 240 bits.

    pip install mpmath; python3 coefficients.py
"""
import struct

import mpmath as mp

mp.mp.prec = 240


def solve(function, weight, points):
    """The polynomial whose weighted error alternates over the points, and the size of that error."""
    n = len(points)
    matrix = mp.matrix(n, n)
    values = mp.matrix(n, 1)
    for i, x in enumerate(points):
        for j in range(n - 1):
            matrix[i, j] = x ** j
        matrix[i, n - 1] = (-1) ** i / weight(x)
        values[i] = function(x)
    solution = list(mp.lu_solve(matrix, values))
    return solution[:-1], abs(solution[-1])


def extremum(grid, errors, lo, hi):
    """The largest error of a stretch of one sign, refined by a parabola."""
    k = max(range(lo, hi + 1), key=lambda i: abs(errors[i]))
    if k == 0 or k == len(grid) - 1:
        return grid[k]
    (x0, x1, x2), (f0, f1, f2) = grid[k - 1:k + 2], errors[k - 1:k + 2]
    over = (x1 - x0) ** 2 * (f1 - f2) - (x1 - x2) ** 2 * (f1 - f0)
    under = (x1 - x0) * (f1 - f2) - (x1 - x2) * (f1 - f0)
    x = x1 - over / under / 2 if under else x1
    return x if x0 <= x <= x2 else x1


def remez(function, weight, a, b, degree):
    """Minimises max |weight (function - polynomial)| over [a, b]."""
    n = degree + 2
    points = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    size = 60 * n
    grid = [a + (b - a) * (1 - mp.cos(mp.pi * i / size)) / 2 for i in range(size + 1)]
    for _ in range(30):
        coefficients, level = solve(function, weight, points)

        def error(x):
            return weight(x) * (function(x) - mp.polyval(coefficients[::-1], x))

        errors = [error(x) for x in grid]
        turns = [i for i in range(1, size + 1) if mp.sign(errors[i]) != mp.sign(errors[i - 1])]
        stretches = zip([0] + turns, [t - 1 for t in turns] + [size])
        points = [extremum(grid, errors, lo, hi) for lo, hi in stretches]
        while len(points) > n:
            points = points[1:] if abs(error(points[0])) < abs(error(points[-1])) else points[:-1]
        worst = max(abs(error(x)) for x in points)
        if worst < level * (1 + mp.mpf(10) ** -4):
            break
    return coefficients, worst


def show(name, function, weight, a, b, degree):
    coefficients, worst = remez(function, weight, a, b, degree)
    print('%s: weighted error 2^%s' % (name, mp.nstr(mp.log(worst, 2), 4)))
    for coefficient in coefficients:
        print('    %r' % float(coefficient))


def shortest(value):
    """The fewest digits that say which 32-bit float is nearest."""
    def nearest(number):
        return struct.unpack('f', struct.pack('f', number))[0]
    texts = ('%.*g' % (digits, nearest(value)) for digits in range(1, 18))
    return next(text for text in texts if nearest(float(text)) == nearest(value))


def show_single(name, function, weight, a, b, degree):
    """The same for 32-bit floats."""
    coefficients, worst = remez(function, weight, a, b, degree)
    print('%s: weighted error 2^%s' % (name, mp.nstr(mp.log(worst, 2), 4)))
    for coefficient in coefficients:
        print('    %s' % shortest(float(coefficient)))


def near_zero(function, series):
    return lambda x: series(x) if abs(x) < mp.mpf(10) ** -12 else function(x)


one = mp.mpf(1)
cubic = mp.mpf(float(-one / 6))


def sine_rest(z):
    if z < mp.mpf(10) ** -12:
        return (-one / 6 - cubic) / z + one / 120 - z / 5040
    r = mp.sqrt(z)
    return ((mp.sin(r) - r) / r ** 3 - cubic) / z


def logarithm_rest(z):
    s = mp.sqrt(z)
    return (mp.log((1 + s) / (1 - s)) - 2 * s) / s ** 3


half_ln2 = mp.log(2) / 2 * (1 + mp.mpf(2) ** -20)
show('exponential Q', near_zero(lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: one / 2 + r / 6 + r * r / 24),
     lambda r: abs(r) + mp.mpf(2) ** -7, -half_ln2, half_ln2, 9)
largest_s = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * (1 + mp.mpf(2) ** -30)
show('logarithm R', near_zero(logarithm_rest, lambda z: 2 * one / 3 + 2 * z / 5 + 2 * z * z / 7),
     lambda z: z + mp.mpf(2) ** -10, mp.mpf(0), largest_s ** 2, 6)
show('sine P', sine_rest, lambda z: z ** 2 * mp.sqrt(z), mp.mpf(2) ** -10, (mp.pi / 2 * (1 + mp.mpf(2) ** -16)) ** 2, 6)


def exponential_cubic(r):
    return (mp.expm1(r) - r - r * r / 2) / r ** 3


def logarithm_cubic(f):
    return (mp.log1p(f) - f + f * f / 2) / f ** 3


def logarithm_weight(f):
    return (abs(f ** 3 / mp.log1p(f)) if f else mp.mpf(0)) + mp.mpf(2) ** -9


def tangent_cubic(z):
    x = mp.sqrt(z)
    return (mp.tanh(x) - x) / x ** 3


# The first two coefficients of the sine are taken as rounded: a rounding of theirs alone would be felt near pi/2.
def sine_cubic(known):
    def rest(z):
        r = mp.sqrt(z)
        value = (mp.sin(r) - r) / r ** 3
        for coefficient in known:
            value = (value - coefficient) / z
        return value
    return rest


show_single('single exponential P', near_zero(exponential_cubic, lambda r: one / 6 + r / 24), lambda r: r * r + mp.mpf(2) ** -9,
            -half_ln2, half_ln2, 3)
show_single('single logarithm P', near_zero(logarithm_cubic, lambda f: one / 3 - f / 4), logarithm_weight,
            mp.sqrt(one / 2) - 1, mp.sqrt(2 * one) - 1, 7)
show_single('single tangent T', near_zero(tangent_cubic, lambda z: -one / 3 + 2 * z / 15), lambda z: z + mp.mpf(2) ** -9,
            mp.mpf(0), mp.mpf('0.55') ** 2, 4)
known = []
for degree in (3, 2, 1):
    def sine_weight(z):
        return z ** (4 - degree) * mp.sqrt(z)
    interval = mp.mpf(2) ** -6, (mp.pi / 2 * (1 + mp.mpf(2) ** -16)) ** 2
    show_single('single sine S from %d on' % len(known), sine_cubic(known), sine_weight, *interval, degree)
    first = remez(sine_cubic(known), sine_weight, *interval, degree)[0][0]
    known.append(mp.mpf(struct.unpack('f', struct.pack('f', float(first)))[0]))

for name, value, digits in [('ln 2', mp.log(2), [41]), ('pi', mp.pi, [26]), ('single ln 2', mp.log(2), [16]), ('single pi', mp.pi, [10, 22])]:
    parts = []
    for bits in digits:
        scale = mp.mpf(2) ** bits
        part = (mp.floor if 'ln 2' in name else mp.nint)(value * scale) / scale
        parts.append(repr(float(part)))
        value -= part
    text = shortest if 'single' in name else repr
    print('%s: %s + %s' % (name, ' + '.join(parts), text(float(value))))
