"""Texts that try to get out of the expression language, or to make it spend time or memory."""

import itertools

DUNDERS = (
    "__class__ __bases__ __base__ __mro__ __subclasses__ __globals__ __builtins__ __dict__ __init__ __import__ "
    "__code__ __closure__ __getattribute__ __reduce__ __reduce_ex__ __module__ __func__ __self__ __call__ __doc__ "
    "__wrapped__ __loader__ __spec__ __name__ __annotations__ __slots__ _private __ _"
).split()
ROOTS = ["x", "goals", "'a'", "(1)", "[]", "today()", "first([1])"]
METHODS = (
    "format format_map encode join mro upper append pop keys items get tag as_tuple strftime replace".split()
)
BUILTINS = (
    "eval exec compile open input print getattr setattr delattr vars dir globals locals type object super isinstance "
    "map filter zip range iter next bytes bytearray memoryview str int float complex list dict set tuple repr hash id "
    "breakpoint exit quit help chr ord pow divmod format sorted reversed enumerate slice staticmethod property callable"
).split()
KEYWORDS = (
    "lambda yield await async class def del global nonlocal import from as with while try except finally raise return "
    "pass break continue assert is None True False"
).split()
SHAPES = """
lambda: 1
lambda x: x
(lambda: 1)()
[x for x in goals]
{x for x in goals}
{x: 1 for x in goals}
(x for x in goals)
sum((x for x in goals), 1)
all(x for x in goals for y in goals)
all(x for x in goals if x if x)
all(x for x, y in goals)
all(x for x.y in goals)
all(x for x[0] in goals)
all(x for true in goals)
length(x for x in goals)
filled(x for x in goals)
text(x for x in goals)
min(x for x in goals, 1)
all(x async for x in goals)
f'a'
f"{x}"
F'{x.y}'
rf'{x}'
b'a'
r'a'
u'a'
x'a'
'a' 'b'
'a''b'
'''a'''
'a\\x41'
'a\\'
"a\\""
'a
(x := 1)
x := 1
x = 1
x == = 1
a; b
2 ** 3
2 ** 999999999
x // 2
x % 2
'%s' % x
'%0999999999d' % 1
x << 1
x >> 1
x | y
x & y
x ^ y
~x
+x
+ 1
x @ y
x and
or x
not
x is y
x is not y
x is null
x not y
x if y
if x else y
x else y
x[0]
x['a']
x[0:1]
x[:]
x[...]
...
goals[0].a
{}
{1}
{1: 2}
{'a': 1}
()
(1, 2)
1, 2
x,
count(*goals)
count(**goals)
record(**goals)
record(1)
record(a=1, a=2)
record(true=1)
record(a=1, 2)
count(items=goals)
round(1, n=2)
x.y()
x.y.z(1)
x()()
x()
'a'()
1()
true()
null()
[1]()
(x)(y)
'a'.upper
1 .real
(1).real
1.5.real
[1].a
(x + y).a
(-x).a
true.x
null.x
x.true
x.null
x..y
.x
x.
x.1
x.'a'
x.(y)
print 'a'
import os
__import__('os')
__import__('os').system('id')
os.system('id')
().__class__.__bases__[0].__subclasses__()
''.__class__.__mro__[1].__subclasses__()
[].__class__.__base__
x.__class__.__init__.__globals__['os']
getattr(x, 'y')
eval('1')
exec('1')
open('/etc/passwd')
open('/etc/passwd').read()
[].append(1)
goals.append(1)
'a'.join(goals)
'{0.__class__}'.format(x)
document(x)
document()
document('a', 'b')
document(null)
document(1)
document('a' + 'b')
verdict(x)
done_at(x)
done_by(x)
verdict(y for y in z)
all()
all(1, 2)
filled()
default(1)
default(1, 2, 3)
today(1)
now(1)
round()
round(1, 2, 3)
like('a')
1_000
0x1F
0b1
0o7
017
00
1e3
1E400
1j
1.
.5
1.2.3
1a
1if x else 2
1or 2
0.1.2
١٢
²
5²
x²
½
①
㎡
1__0
x!
x?
x ? y : z
x && y
x || y
!x
x === y
x <> y
x =< y
x => y
x -> y
x --
x ++
$x
${x}
#{x}
{{x}}
{% x %}
`x`
\\x
x\\
x # comment
# comment
"a
a"
'
"
(
)
[
]
((x)
(x))
[x
x]
(x]
[x)
""".strip("\n").split("\n")
UNSEEN = [
    "\0",
    "x\0",
    "x\u200b.y",
    "x\u200dy",
    "\u202ex",
    "x\ufeff",
    "x \u2028 y !",
    "\ud800",
    "'\ud800'",
    "'\0'",
]
UNSEEN += [
    "'a\nb'",
    "'a\tb'",
    "x\x1b",
    "x\x7f",
    "\ue000",
    "x\u0301\u0301 !",
    "😀",
    "x.😀",
    "‘a’",
    "“a”",
    "«a»",
    "a；b",
    "x。y",
]
LOOKALIKES = [
    "ｌａｍｂｄａ: 1",
    "𝐥𝐚𝐦𝐛𝐝𝐚: 1",
    "ｅｖａｌ('1')",
    "𝓮𝓿𝓪𝓵('1')",
    "x.＿＿class＿＿",
    "x․__class__",
    "＿x",
    "ﬁ('a')",
    "x﹒__init__",
]
LOOKALIKES += [
    "ｉｍｐｏｒｔ os",
    "x［0］",
    "x｛y｝",
    "x：＝1",
    "x＊＊2",
    "x％2",
    "ｆ'a'",
    "Ｔｒｕｅ",
    "Ｎｏｎｅ",
    "x；y",
    "＼x",
    "‿x",
    "︴x",
]
HUGE = [
    "9" * 29,
    "9" * 5_000,
    "1." + "0" * 100,
    "x" * 2_001,
    " " * 2_001,
    "'" + "a" * 2_100 + "'",
    "x+" * 1_500 + "x",
]
HUGE += ["1" + "+1" * 301, "[" + ",".join(["1"] * 300) + "]", " and ".join(["x"] * 300), "x" + ".a" * 1_000]
DEEP = ["(" * n + "x" + ")" * n for n in (26, 100, 900)] + ["[" * n + "]" * n for n in (26, 100, 999)]
DEEP += ["not " * n + "x" for n in (26, 100, 480)] + ["-" * n + "x" for n in (26, 100, 1_900)]
DEEP += ["1" + " if x else 1" * n for n in (26, 100)] + ["abs(" * n + "1" + ")" * n for n in (26, 400)]
DEEP += (
    ["x" + " + x" * n for n in (26, 140)]
    + ["(" * n for n in (1, 24, 26, 1_999)]
    + [")" * n for n in (1, 1_999)]
)

CORPUS = [
    *(f"{root}.{name}" for root, name in itertools.product(ROOTS, DUNDERS)),
    *(f"{root}.{name}()" for root, name in itertools.product(ROOTS, METHODS)),
    *DUNDERS,
    *(f"{name}(x)" for name in BUILTINS),
    *(f"{name}()" for name in BUILTINS),
    *KEYWORDS,
    *(f"{word} x" for word in KEYWORDS),
    *(f"x {word} y" for word in KEYWORDS),
    *(f"x.{word}" for word in KEYWORDS),
    *(f"record({word}=1)" for word in KEYWORDS),
    *(f"all(x for {word} in goals)" for word in KEYWORDS),
    *SHAPES,
    *UNSEEN,
    *LOOKALIKES,
    *HUGE,
    *DEEP,
    "",
    " ",
    "\n",
    "　",
]
