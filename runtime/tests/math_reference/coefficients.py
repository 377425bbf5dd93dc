"""Prints the minimax coefficients of `runtime/src/math`: Remez exchange in 240 bits.

    pip install mpmath; python3 coefficients.py
"""
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

for name, value, digits in [('ln 2', mp.log(2), 41), ('pi', mp.pi, 26)]:
    scale = mp.mpf(2) ** digits
    high = (mp.floor if name == 'ln 2' else mp.nint)(value * scale) / scale
    print('%s: %r + %r' % (name, float(high), float(value - high)))
