// Unpacks the plotting library that this page carries, and hands it the pictures.
(async () => {
  const waiting = document.getElementById("waiting");
  try {
    const packed = Uint8Array.from(atob(document.getElementById("library").textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const library = document.createElement("script");
    library.textContent = await new Response(unpacked).text();
    document.head.append(library);
    const settings = { responsive: true, displaylogo: false, displayModeBar: true, doubleClick: "reset", modeBarButtonsToRemove: ["lasso2d", "select2d"] };
    for (const [place, picture] of JSON.parse(document.getElementById("pictures").textContent).entries()) {
      await Plotly.newPlot(`picture-${place}`, picture.data, picture.layout, settings);
    }
    waiting.remove();
    document.documentElement.dataset.drawn = "yes";
  } catch (reason) {
    waiting.textContent = `The plots could not be drawn: ${reason}. They need a browser of 2023 or later.`;
  }
})();
