// Images for vision models: scaled down in the browser and sent as data URLs.

const maxSide = 1568; // Pixels. Common vision models scale larger images down to this size.
const maxCharacters = 4_000_000; // For all images of a message. Lambda's request limit is 6 MB.

/** Appends files to a list of data URLs. Returns `{ images, problem }`; `problem` is a text key or null. */
export async function addImages(images, files) {
  const all = [...images];
  let problem = null;
  for (const file of files) {
    try {
      const url = await toDataUrl(file);
      const length = all.reduce((sum, image) => sum + image.length, url.length);
      if (length > maxCharacters) {
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
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return file.type === "image/png" && canvas.width * canvas.height < 250_000
    ? canvas.toDataURL("image/png")
    : canvas.toDataURL("image/jpeg", 0.85);
}
