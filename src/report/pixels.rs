//! Charts as an image of pixels.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use thiserror::Error;

/// Pixels of a point: sharp on screens and on paper.
const SCALE: f32 = 2.0;

/// Why charts cannot be turned into pixels.
#[derive(Debug, Error)]
pub enum PixelsError {
    /// The drawing cannot be read.
    #[error("the charts could not be drawn: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// It is larger than an image can be.
    #[error("the charts are too large for one image; compare fewer machines, or save them as .svg")]
    Size,
    /// The image cannot be written.
    #[error("the image could not be made: {0}")]
    Image(String),
}

/// A drawing as PNG, with the fonts of the program alone, so that it looks alike everywhere.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PixelsError> {
    let mut fonts = fontdb::Database::new();
    for font in [
        include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice(),
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf").as_slice(),
    ] {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family("Inter");
    let options = Options { fontdb: Arc::new(fonts), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(PixelsError::Size)?;
    let mut image = Pixmap::new(size.width(), size.height()).ok_or(PixelsError::Size)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut image.as_mut());
    image.encode_png().map_err(|error| PixelsError::Image(error.to_string()))
}
