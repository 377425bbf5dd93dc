//! Sparse matrices of SciPy: `scipy.sparse.save_npz`, in the formats COO, CSR and CSC.
//!
//! COO has a row and a column for every entry; CSR and CSC have one of the two, and where each row or column begins. Entries stay in
//! the order of the file; what stands twice stays twice.

use super::npy::{Archive, plain, text};
use super::{Malformed, Matrix};

/// What to do about any other file.
const MEND: &str = "write it by `scipy.sparse.save_npz`, as a COO, CSR or CSC matrix: `.tocoo()`";

pub(super) fn read(bytes: &[u8]) -> Result<Matrix, Malformed> {
    let mut archive = Archive::open(bytes)?;
    let names = archive.names();
    let mut list = |name: &str| {
        if names.iter().any(|other| other == name) {
            Ok(plain(&archive.member(name)?)?.0)
        } else {
            Err(Malformed::new(format!("it is no sparse matrix: it has no array `{name}`"), MEND))
        }
    };
    let shape = list("shape")?;
    let &[height, width] = shape.as_slice() else {
        return Err(Malformed::new("its shape is not that of a matrix", MEND));
    };
    let shape = [height as usize, width as usize];
    let values = list("data")?;
    let (rows, columns) = if names.iter().any(|name| name == "row") {
        (indices(&list("row")?, shape[0], "row")?, indices(&list("col")?, shape[1], "column")?)
    } else {
        let (inner, starts) = (list("indices")?, list("indptr")?);
        let format =
            if names.iter().any(|name| name == "format") { text(&archive.member("format")?)? } else { String::new() };
        match &*format {
            "csr" => (outer(&starts, shape[0], inner.len())?, indices(&inner, shape[1], "column")?),
            "csc" => (indices(&inner, shape[0], "row")?, outer(&starts, shape[1], inner.len())?),
            other => return Err(Malformed::new(format!("it is a matrix of format `{other}`"), MEND)),
        }
    };
    if rows.len() != values.len() || columns.len() != values.len() {
        let reason = format!("it has {} entries, {} rows and {} columns", values.len(), rows.len(), columns.len());
        return Err(Malformed::new(reason, MEND));
    }
    if let Some(bad) = values.iter().find(|value| !value.is_finite()) {
        return Err(Malformed::new(format!("one of its entries is {bad}"), "every entry is a finite number"));
    }
    Ok(Matrix { shape, rows, columns, values: values.into() })
}

/// Indices below a number.
fn indices(values: &[f64], below: usize, what: &str) -> Result<Vec<u32>, Malformed> {
    let index = |&value: &f64| {
        let fits = value >= 0.0 && value < below as f64 && value <= f64::from(u32::MAX);
        fits.then_some(value as u32).ok_or_else(|| {
            Malformed::new(format!("an entry is in {what} {value}, and there are {below}"), "write it anew")
        })
    };
    values.iter().map(index).collect()
}

/// The row of every entry, from where each row begins.
fn outer(starts: &[f64], rows: usize, entries: usize) -> Result<Vec<u32>, Malformed> {
    let fits = starts.len() == rows.saturating_add(1)
        && starts.first() == Some(&0.0)
        && starts.last() == Some(&(entries as f64))
        && starts.is_sorted();
    if !fits {
        return Err(Malformed::new("its `indptr` does not fit its shape and its entries", "write it anew"));
    }
    let lengths = starts.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
    Ok((0_u32..).zip(lengths).flat_map(|(row, length)| std::iter::repeat_n(row, length)).collect())
}
