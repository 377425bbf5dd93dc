//! Files that NumPy, SciPy and Pillow wrote, and files that nobody should have written.

use super::{Array, Content, Format, Malformed, Matrix, Table, read};

fn array(format: &Format, bytes: &[u8]) -> Array {
    match read(format, bytes) {
        Ok(Content::Array(array)) => array,
        other => panic!("an array: {other:?}"),
    }
}

fn table(text: &str) -> Table {
    match read(&Format::Csv, text.as_bytes()) {
        Ok(Content::Table(table)) => table,
        other => panic!("a table: {other:?}"),
    }
}

fn matrix(bytes: &[u8]) -> Matrix {
    match read(&Format::Sparse, bytes) {
        Ok(Content::Matrix(matrix)) => matrix,
        other => panic!("a matrix: {other:?}"),
    }
}

fn reason(format: &Format, bytes: &[u8]) -> String {
    let Malformed { reason, mend } = read(format, bytes).expect_err("not what it should be");
    assert!(!mend.is_empty(), "{reason}: says what to do");
    reason
}

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/files/", $name))
    };
}

#[test]
fn arrays_stored_by_rows_and_by_columns_are_the_same() {
    let expected = Array::rows_of(2, &[0.0, 1.0, 1.0, 0.0, 2.0, 2.0, 0.5, 3.0]).expect("full rows");
    assert_eq!(array(&Format::Npy, file!("by_rows.npy")), expected);
    assert_eq!(array(&Format::Npy, file!("by_columns.npy")), expected);
}

#[test]
fn types_and_byte_orders_of_numbers() {
    let integers = array(&Format::Npy, file!("big_endian.npy"));
    assert_eq!((&integers.values()[..], integers.is_integer()), (&[1.0, -2.0, 3.0][..], true));
    assert_eq!(array(&Format::Npy, file!("flags.npy")).values()[..], [1.0, 0.0]);
    // The same entry in every type that is read, written by hand.
    let entries: [(&str, &[u8]); 6] = [
        ("|i1", &[0xfe]),
        ("<i2", &[0xfe, 0xff]),
        ("<i4", &[0xfe, 0xff, 0xff, 0xff]),
        ("<i8", &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("<f4", &[0, 0, 0, 0xc0]),
        ("<f8", &[0, 0, 0, 0, 0, 0, 0, 0xc0]),
    ];
    for (code, bytes) in entries {
        assert_eq!(array(&Format::Npy, &npy(code, "(1,)", bytes)).values()[..], [-2.0], "{code}");
    }
    for (code, bytes) in
        [("|u1", &[2][..]), ("<u2", &[2, 0]), ("<u4", &[2, 0, 0, 0]), (">u8", &[0, 0, 0, 0, 0, 0, 0, 2])]
    {
        assert_eq!(array(&Format::Npy, &npy(code, "(1,)", bytes)).values()[..], [2.0], "{code}");
    }
}

/// A file of version 1 with one array.
fn npy(code: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

#[test]
fn arrays_that_cannot_be_used_say_why() {
    let rows: [(&[u8], &str); 9] = [
        (file!("halves.npy"), "its numbers are of type `<f2`"),
        (file!("not_finite.npy"), "its entry 1 is NaN"),
        (file!("deep.npy"), "its shape is (1, 2, 3)"),
        (file!("fields.npy"), "it is a structured array"),
        (file!("grey.png"), "it is not a NumPy array"),
        (b"", "it is not a NumPy array"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "it is not a NumPy array"),
        (&npy("<f8", "(3,)", &[0; 16]), "it ends after 2 of its 3 numbers"),
        (&npy("<f8", "(4294967296, 4294967296)", &[]), "its shape is (4294967296, 4294967296): more than 2^31 numbers"),
    ];
    for (bytes, expected) in rows {
        assert_eq!(reason(&Format::Npy, bytes), expected);
    }
}

#[test]
fn members_of_archives_are_found_by_name() {
    let member = |name: &str| array(&Format::Npz(Some(name.to_owned())), file!("two.npz"));
    assert_eq!(member("v").values()[..], [1.5, 2.5]);
    assert!(member("n").is_integer());
    assert_eq!(reason(&Format::Npz(Some("w".to_owned())), file!("two.npz")), "it has no array `w`");
    assert_eq!(reason(&Format::Npz(None), file!("two.npz")), "it has 2 arrays");
    assert_eq!(reason(&Format::Npz(None), b"PK"), "it is not a NumPy archive");
}

#[test]
fn sparse_matrices_of_three_formats_have_the_same_entries() {
    let sorted = |matrix: &Matrix| {
        let mut entries: Vec<(u32, u32, u64)> =
            (0..matrix.values.len()).map(|k| (matrix.rows[k], matrix.columns[k], matrix.values[k].to_bits())).collect();
        entries.sort_unstable();
        entries
    };
    let coo = matrix(file!("coo.npz"));
    assert_eq!((coo.shape, &coo.rows[..], &coo.columns[..]), ([3, 4], &[0, 2, 0][..], &[1, 0, 3][..]));
    assert_eq!(coo.values[..], [0.5, 1.5, 2.5]);
    let (csr, csc) = (matrix(file!("csr.npz")), matrix(file!("csc.npz")));
    assert_eq!((sorted(&csr), sorted(&csc)), (sorted(&coo), sorted(&coo)));
    assert_eq!(csr.rows, [0, 0, 2]);
    assert_eq!(csc.columns, [0, 1, 3]);
    assert_eq!(reason(&Format::Sparse, file!("bsr.npz")), "it is a matrix of format `bsr`");
    assert_eq!(reason(&Format::Sparse, file!("two.npz")), "it is no sparse matrix: it has no array `shape`");
}

#[test]
fn pictures_are_black_at_zero_and_white_at_one() {
    let grey = array(&Format::Png, file!("grey.png"));
    assert_eq!(grey.shape(), [2, 3]);
    assert_eq!(grey.values()[..], [0.0, 1.0, 0.2, 0.4, 0.0, 1.0]);
    assert_eq!(array(&Format::Png, file!("bits.png")).values()[..], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(array(&Format::Png, file!("deep.png")).values()[..], [0.0, 1.0, 0.2, 1.0 / 65_535.0]);
    let rows: [(&[u8], &str); 5] = [
        (file!("colours.png"), "the picture is one of colours, not grey-scale"),
        (file!("palette.png"), "the picture is one of a palette of colours, not grey-scale"),
        (file!("transparent.png"), "the picture is grey with transparency, not grey-scale"),
        (b"GIF89a", "it is not a picture in PNG"),
        (&file!("grey.png")[..40], "it ends too early"),
    ];
    for (bytes, expected) in rows {
        assert_eq!(reason(&Format::Png, bytes), expected);
    }
}

#[test]
fn tables_have_names_units_and_comments() {
    let edges = table("# i [1], j [1], delay [s]\r\ni, j, delay[ms]\r\n0,1,1.5\r\n\r\n2,3,2e-1\r\n");
    let names: Vec<(&str, Option<&str>)> =
        edges.columns.iter().map(|column| (&*column.name, column.unit.as_deref())).collect();
    assert_eq!(names, [("i", None), ("j", None), ("delay", Some("ms"))]);
    assert_eq!(edges.columns[2].values[..], [1.5, 0.2]);
    assert_eq!(edges.columns.iter().map(|column| column.integer).collect::<Vec<_>>(), [true, true, false]);
    let others = table("t [ms],w (nS),v(mV)\n0,1,2\n");
    let names: Vec<(&str, Option<&str>)> =
        others.columns.iter().map(|column| (&*column.name, column.unit.as_deref())).collect();
    assert_eq!(names, [("t", Some("ms")), ("w", Some("nS")), ("v", Some("mV"))]);
    let bare = table("\u{feff}0,1\n1,2\n");
    assert_eq!((&*bare.columns[1].name, &bare.columns[1].values[..]), ("", &[1.0, 2.0][..]));
}

#[test]
fn lines_end_in_any_way() {
    let shape = |text: &str| {
        let table = table(text);
        table.columns.iter().map(|column| column.values.to_vec()).collect::<Vec<_>>()
    };
    for end in ["\n", "\r", "\r\n"] {
        let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}{end}")).collect::<String>();
        assert_eq!(shape(&joined(&["0", "1", "2", "3"])), [[0.0, 1.0, 2.0, 3.0]], "{end:?}");
        assert_eq!(shape(joined(&["0", "1", "2", "3"]).trim_end()), [[0.0, 1.0, 2.0, 3.0]], "{end:?}");
        for separator in [",", ";", "\t", " "] {
            let line = |cells: [&str; 3]| cells.join(separator);
            let text = joined(&[&line(["a", "b", "c"]), &line(["0", "1", "2"]), &line(["3", "4", "5"])]);
            assert_eq!(shape(&text), [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]], "{text:?}");
        }
        let noted = joined(&["# of two", "0 1", "# more", "2 3"]);
        assert_eq!(shape(&noted), [[0.0, 2.0], [1.0, 3.0]], "{end:?}");
        let wrong = joined(&["i j", "0 1", "2 x"]);
        assert_eq!(reason(&Format::Csv, wrong.as_bytes()), "line 3: `x` is not a number", "{end:?}");
    }
}

#[test]
fn tables_name_the_line_that_is_wrong() {
    let rows = [
        ("i,j\n0,1\n2\n", "line 3 has 1 columns, and those before it have 2"),
        ("i,j\n0,1\n2,x\n", "line 3: `x` is not a number"),
        ("0,1\n2,inf\n", "line 2: `inf` is not finite"),
        ("# nothing\n", "it has no line with numbers"),
        ("", "it has no line with numbers"),
    ];
    for (text, expected) in rows {
        assert_eq!(reason(&Format::Csv, text.as_bytes()), expected);
    }
    assert_eq!(reason(&Format::Csv, b"i,j\n0,\xff\n"), "line 2: it is not text in UTF-8");
}

/// Every file with one byte changed or cut anywhere is read or refused, and nothing panics.
#[test]
fn damaged_files_are_no_trouble() {
    let files: [(&Format, &[u8]); 4] = [
        (&Format::Npy, file!("by_rows.npy")),
        (&Format::Sparse, file!("csr.npz")),
        (&Format::Png, file!("bits.png")),
        (&Format::Npz(None), file!("two.npz")),
    ];
    for (format, bytes) in files {
        for place in 0..bytes.len() {
            let _ = read(format, &bytes[..place]);
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = bytes.to_vec();
                damaged[place] ^= change;
                let _ = read(format, &damaged);
            }
        }
    }
}
