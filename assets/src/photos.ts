/* Photos are made smaller before they leave the phone (1600 px, JPEG), which also drops their hidden location.
   Where anything fails, the original is sent and the server does the same. */

const LONGEST = 1600;

async function shrink(file: File): Promise<File> {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const factor = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * factor);
    canvas.height = Math.round(image.naturalHeight * factor);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function show(input: HTMLInputElement, files: File[]): void {
  const list = document.getElementById(input.dataset.previews ?? "");
  if (!list) return;
  list.replaceChildren(
    ...files.map((file) => {
      const item = document.createElement("li");
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      item.append(image);
      return item;
    }),
  );
}

export function shrinkPhotos(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('input[type="file"][data-shrink]')) {
    input.addEventListener("change", async () => {
      const most = Number(input.dataset.most ?? "6");
      const files = await Promise.all([...(input.files ?? [])].slice(0, most).map(shrink));
      try {
        const bag = new DataTransfer();
        for (const file of files) bag.items.add(file);
        input.files = bag.files;
      } catch {
        /* old WebViews cannot replace the files; the server shrinks them */
      }
      show(input, files);
    });
  }
}
