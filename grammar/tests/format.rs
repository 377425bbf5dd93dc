//! The canonical layout: what it makes of a text, that it stays, and that it keeps the tree and every comment.

mod common {
    mod spans;
    pub(crate) use spans::without_spans;
}

use common::without_spans;
use grammar::print::{self, format};
use grammar::{SourceId, codes, parse};

const EXAMPLES: &[&str] = &[
    include_str!("language/network.rheo"),
    include_str!("language/neurons.rheo"),
    include_str!("language/synapses.rheo"),
    include_str!("language/inputs.rheo"),
    include_str!("language/models.rheo"),
    include_str!("language/run.rheo"),
    include_str!("language/sweep.rheo"),
];

#[track_caller]
fn formats_to(text: &str, expected: &str) {
    let formatted = format(text).expect("the text has no mistakes");
    assert_eq!(formatted, expected);
    assert_eq!(format(&formatted).as_deref(), Ok(expected), "it stays when formatted again");
    let (before, after) = (parse(SourceId(0), text).file, parse(SourceId(0), &formatted).file);
    assert_eq!(without_spans(&before), without_spans(&after));
}

#[test]
fn the_examples_keep_their_tree_their_comments_and_their_layout() {
    for text in EXAMPLES {
        let formatted = format(text).expect("the examples have no mistakes");
        assert_eq!(format(&formatted).as_ref(), Ok(&formatted));
        let (before, after) = (parse(SourceId(0), text).file, parse(SourceId(0), &formatted).file);
        assert_eq!(without_spans(&before), without_spans(&after));
        let comments = |text: &str| -> Vec<String> {
            text.lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment.to_owned()).collect()
        };
        assert_eq!(comments(text), comments(&formatted));

        let printed = print::file(&before);
        assert_eq!(without_spans(&before), without_spans(&parse(SourceId(0), &printed).file));
        assert_eq!(format(&printed).as_ref(), Ok(&printed), "both printers have one layout");
    }
}

#[test]
fn lines_stay_and_one_blank_line() {
    formats_to("a=1;b = 2 ; ;\n\n\n\nc=a+b\n\n", "a = 1; b = 2\n\nc = a + b\n");
    formats_to("a=1;\nb = 2 # c\n;c = 3", "a = 1\nb = 2  # c\nc = 3\n");
    formats_to("\n\n  a = 1", "a = 1\n");
    formats_to("", "");
    formats_to("\r\n a = 1\r\n\r\n\r\nb = 2\r\n", "a = 1\n\nb = 2\n");
    formats_to("a = 1\r\rb = 2", "a = 1\n\nb = 2\n");
    formats_to("\u{feff}a = 1", "a = 1\n");
}

#[test]
fn spaces_stand_around_loose_operators_only() {
    formats_to("a=-b+ -c*d**-2 //3/ e%f", "a = -b + -c*d**-2//3/e % f\n");
    formats_to("a=not b<c and(d or e!=f)", "a = not b < c and (d or e != f)\n");
    formats_to("a=f ( x ,y= - 1)+[1,2] [ 0 ]", "a = f(x, y = -1) + [1, 2][0]\n");
    formats_to("Q=P [ : 3 ,i-1 : : 2] . v", "Q = P[:3, i - 1::2].v\n");
    formats_to("function f(x:volt,y :1):volt/second=x", "function f(x: volt, y: 1): volt/second = x\n");
    formats_to("print(a)", "print (a)\n");
    formats_to("synapses S:A [: 3]->B:stdp", "synapses S: A[:3] -> B: stdp\n");
    formats_to("neurons P[ 3 ]:lif", "neurons P[3]: lif\n");
    formats_to("record P.v mean ,P.spikes counts last 1*s", "record P.v mean, P.spikes counts last 1*s\n");
    formats_to("record P.v[0:3] ,P.spikes every 1*ms with v,w", "record P.v[0:3], P.spikes every 1*ms with v, w\n");
    formats_to("sweep w=[1,2]{run 1*s;report rate(P)}", "sweep w = [1, 2] { run 1*s; report rate(P) }\n");
    formats_to(
        "sweep a=linspace(1,2,3)*ms,\n    b=[1]seeds apart{ # why\nrun 1*s\n\n\nset G{period 2*ms}\n\
         report mean(P.v) ,rate(P[ : 3 ])last 2*ms # what\n}",
        "sweep a = linspace(1, 2, 3)*ms,\n    b = [1] seeds apart {  # why\n    run 1*s\n\n    \
         set G { period 2*ms }\n    report mean(P.v), rate(P[:3]) last 2*ms  # what\n}\n",
    );
    formats_to("restore\"a\"with random", "restore \"a\" with random\n");
}

#[test]
fn equations_have_their_colon_between_spaces() {
    formats_to(
        "model m{\ndv/dt=-v/tau:volt/second**-1(unless   refractory)\n\
         w:1(event - driven,shared)=0\nu:(volt)(shared)\n}",
        "model m {\n    dv/dt = -v/tau : volt/second**-1 (unless refractory)\n    \
         w : 1 (event-driven, shared) = 0\n    \
         u : (volt) (shared)\n}\n",
    );
}

#[test]
fn a_block_in_one_line_stays_there() {
    formats_to("poisson P[3] {rate 1*Hz}", "poisson P[3] { rate 1*Hz }\n");
    formats_to("poisson P[3] {rate 1*Hz; dt 1*ms}", "poisson P[3] { rate 1*Hz; dt 1*ms }\n");
    formats_to("poisson P[3]\n{rate 1*Hz}", "poisson P[3] { rate 1*Hz }\n");
    formats_to("poisson P[3] {\nrate 1*Hz}", "poisson P[3] {\n    rate 1*Hz\n}\n");
    formats_to("model m { every 1*ms {v=1}}", "model m { every 1*ms { v = 1 } }\n");
    formats_to("model m { every 1*ms {v=1;u=2}}", "model m { every 1*ms { v = 1; u = 2 } }\n");
    formats_to("model m { every 1*ms {v=1} init v=2 }", "model m { every 1*ms { v = 1 }; init v = 2 }\n");
    formats_to(
        "model m {every 1*ms {v=1;u=2}\ninit v=0; threshold v>1}",
        "model m {\n    every 1*ms { v = 1; u = 2 }\n    init v = 0; threshold v > 1\n}\n",
    );
    formats_to("model m {\n\n}\nmodel n { # why\n}", "model m {}\nmodel n {  # why\n}\n");
}

#[test]
fn comments_stay_where_they_are() {
    formats_to("#a\n\n\n # b  \na=1#c\n\n#d", "#a\n\n# b\na = 1  #c\n\n#d\n");
    formats_to(
        "model m { # a\n\n# b\nx:1 # c\n\n\n# d\n\n} # e\n# f",
        "model m {  # a\n    # b\n    x : 1  # c\n\n    # d\n}  # e\n# f\n",
    );
    formats_to("a = 1 + # one\n # two\n\n 2\nb = 3; # three\n", "a = 1 +  # one\n    # two\n    2\nb = 3  # three\n");
    formats_to("model m # why\n{ x : 1 }", "model m  # why\n{ x : 1 }\n");
    formats_to("a = \"x # y\" # z", "a = \"x # y\"  # z\n");
}

#[test]
fn columns_stay_aligned() {
    let aligned = "taum = 20*ms;  taue = 5*ms     # decay\nVt   = -50*mV                 # threshold\n\n\
                   neurons P[3]   {\n    dv/dt  = -v/taum  : volt  (unless refractory)\n    \
                   dge/dt = -ge/taue : volt\n\n    threshold  v > Vt\n    reset      { v = 0*mV;  ge += 1*mV  }\n}\n\n\
                   record P.spikes,  P.v[0,  5]   every 1*ms\n";
    formats_to(aligned, aligned);
    // One space is no alignment, and where no space belongs none stays; tabs do not align.
    formats_to("a  =  f (  x ,  y  )  # c", "a  =  f(x,  y)  # c\n");
    formats_to("a = 1 # c\nb = 2# d", "a = 1  # c\nb = 2  # d\n");
    formats_to("a\t\t=\t1\t# c", "a = 1  # c\n");
    formats_to("a   \n   =   1", "a\n    =   1\n");
    formats_to("model m\n      {x : 1}", "model m { x : 1 }\n");
}

#[test]
fn any_spaces_keep_the_tree_and_stay_once_laid_out() {
    for text in EXAMPLES {
        for spaces in ["   ", "\t", " \t  "] {
            let spread = text.replace(' ', spaces);
            let formatted = format(&spread).expect("spaces make no mistake");
            assert_eq!(format(&formatted).as_ref(), Ok(&formatted));
            let (before, after) = (parse(SourceId(0), text).file, parse(SourceId(0), &formatted).file);
            assert_eq!(without_spans(&before), without_spans(&after));
        }
    }
}

#[test]
fn line_ends_inside_a_statement_stay() {
    formats_to("a = f(1,\n2,\n[3,\n4\n]\n)\n+ b", "a = f(1,\n    2,\n    [3,\n        4\n    ]\n)\n    + b\n");
    // Lines that go on stay as far in as their author aligned them.
    formats_to(
        "  a = f(1,\n        2,\n      # c\n  3,\n    4\n  )\nmodel m {\nx = 1 +\n      2 : 1\n}",
        "a = f(1,\n      2,\n    # c\n    3,\n    4\n)\nmodel m {\n    x = 1 +\n          2 : 1\n}\n",
    );
    formats_to("a = f(1,\n      2); b = f(3,\n        4)", "a = f(1,\n      2); b = f(3,\n        4)\n");
    formats_to("a\n=\n1", "a\n    =\n    1\n");
}

#[test]
fn a_text_with_mistakes_is_left_alone() {
    let codes: Vec<_> = format("a = 1ms\nb = (").expect_err("two mistakes").iter().map(|one| one.code).collect();
    assert_eq!(codes, [codes::NUMBER_AGAINST_NAME, codes::UNCLOSED_BRACKET]);
}
