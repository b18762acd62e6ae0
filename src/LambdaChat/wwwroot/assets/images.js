// Pictures for models that see: made small enough here, and sent as data URLs.

const longestSide = 1568; // Pixels; vision models look no closer.
const mostCharacters = 4_000_000; // Of all images of a message; a request to Lambda has 6 MB.

/** Adds files to data URLs: `{ images, problem }`, the problem being a key of texts.js or null. */
export async function addImages(images, files) {
  const all = [...images];
  let problem = null;
  for (const file of files) {
    try {
      const url = await toDataUrl(file);
      const length = all.reduce((sum, image) => sum + image.length, url.length);
      if (length > mostCharacters) {
        problem = "imageTooLarge";
      } else {
        all.push(url);
      }
    } catch {
      problem = "noImage";
    }
  }
  return { images: all, problem };
}

async function toDataUrl(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return file.type === "image/png" && canvas.width * canvas.height < 250_000 ? canvas.toDataURL("image/png") : canvas.toDataURL("image/jpeg", 0.85);
}
