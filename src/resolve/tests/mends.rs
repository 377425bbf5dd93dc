//! What a diagnostic tells to write instead: that it is what was meant, and right.

use super::resolved;

/// Text, and every line of help, in their order, of all that is found in it.
const CASES: &[(&str, &[&str])] = &[
    ("print 3*mvolts", &["the unit is written `mvolt`"]),
    ("print 3*mseconds", &["the unit is written `msecond`"]),
    ("print 3*nSiemens", &["the unit is written `nsiemens`"]),
    ("print 3*pS", &["the unit is written `psiemens`"]),
    ("print 3*GOhm", &["the unit is written `Gohm`"]),
    ("print 3*minute", &["the unit is written `60*second`"]),
    ("print 3*min", &["`min` is a function: write `min(…)`", "a minute is `60*second`"]),
    ("print 3*mvotl", &["did you mean `mvolt`?"]),
    ("print 3*MV", &["the unit is written `Mvolt`"]),
    ("print 3*Mv", &["define it: `Mv = …` at the top level is a constant"]),
    ("Ns = 3; print ns*Ns", &["did you mean `Ns`?"]),
    ("print 3*V", &["write `volt`"]),
    ("neurons P[3] { v : mvolts }", &["write `volt`"]),
    ("neurons P[3] { g : pS }", &["write `siemens`"]),
    ("neurons P[3] { T : minutes }", &["write `second`"]),
    ("neurons P[3] { v : 1\ninit v = rand*2 }", &["`rand` is a function: write `rand()`"]),
];

#[test]
fn a_mend_says_what_was_meant() {
    let mut wrong = Vec::new();
    for (text, expected) in CASES {
        let found = resolved(text).1;
        let helps: Vec<&str> = found.iter().flat_map(|found| found.help.iter().map(|help| &**help)).collect();
        if helps != *expected {
            wrong.push(format!("{text}\n{helps:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
