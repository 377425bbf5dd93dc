//! Files of the tests, in memory; those of the examples on disk.

use super::super::{ArrayFiles, Fault};
use crate::arrays::{self, Array, Content, Format, Matrix};
use grammar::SourceId;

/// Who has them.
#[derive(Debug)]
pub(super) struct Desk;

const TABLES: &[(&str, &str)] = &[
    ("edges.csv", "i,j,w,delay[ms]\n0,1,0.5,1\n2,3,1.5,2\n"),
    ("bare.csv", "0,1\n2,3\n"),
    ("outside.csv", "0,1\n2,9\n"),
    ("halves.csv", "0,1\n2,0.5\n"),
    ("unknown.csv", "i,j,u\n0,1,5\n"),
    ("spikes.csv", "i,t[ms]\n0,1\n1,2.5\n"),
    ("late.csv", "0,0.001\n1,-0.002\n"),
    ("twice.csv", "i,t[ms]\n0,1\n0,1.02\n"),
    ("odd.csv", "i,t[parsec]\n0,1\n"),
    ("broken.csv", "i,j\n0,x\n"),
    ("pre_post.csv", "pre,post,weight\n0,1,0.5\n1,2,0.7\n"),
    ("units.csv", "source,target,w[mV],delay[ms]\n0,1,0.5,1\n1,2,0.7,2\n"),
    ("blanks.csv", "# weights\n0  1  0.5\n1  2  0.7\n"),
    ("tabs.csv", "i\tj\tw\n0\t1\t0.5\n"),
    ("semicolons.csv", "i;j;w\n0;1;0.5\n"),
    ("from_one.csv", "i,j,w\n1,1,0.5\n1,3,0.7\n"),
    ("course.csv", "t,v\n0,1\n0.001,2\n0.002,3\n"),
    ("courses.csv", "time,a,b\n0,1,2\n1,3,4\n"),
    ("odd_course.csv", "t[ms],v[mV]\n0,1\n1,2\n"),
];

impl ArrayFiles for Desk {
    fn read(&self, path: &str, format: &Format, _: SourceId) -> Result<Content, Fault> {
        if let Some((_, text)) = TABLES.iter().find(|(name, _)| *name == path) {
            return arrays::read(format, text.as_bytes()).map_err(Fault::Malformed);
        }
        let array = match path {
            "four.npy" => Array::list(&[0.5, 1.0, 1.5, 2.0]),
            "nothing.npy" => Array::list(&[]),
            "three.npy" => Array::list(&[0.5, 1.0, 1.5]),
            "pairs.npy" => Array::new(vec![2, 2], [0.0, 1.0, 2.0, 3.0].into(), true),
            "movie.npy" => Array::rows_of(2, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).expect("three rows"),
            "w.npz" => {
                let (rows, columns) = (vec![0, 2], vec![1, 3]);
                return Ok(Content::Matrix(Matrix { shape: [4, 4], rows, columns, values: [0.5, 1.5].into() }));
            }
            _ if path.starts_with("files/") => {
                let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
                let beside = [examples.join(path), examples.join("from-documents").join(path)];
                let path = beside.iter().find(|path| path.exists()).unwrap_or(&beside[0]);
                let bytes = std::fs::read(path).map_err(|reason| Fault::Unreadable(reason.to_string()))?;
                return arrays::read(format, &bytes).map_err(Fault::Malformed);
            }
            _ => return Err(Fault::Missing { nearest: (path == "edge.csv").then(|| "edges.csv".to_owned()) }),
        };
        Ok(Content::Array(array))
    }
}
