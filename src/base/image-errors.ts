/** What goes wrong with images: their files, and the signed images of MCUboot. */
export interface ImageErrorDetails {
  'image.empty': { readonly file: string };
  'image.too-large': { readonly file: string; readonly bytes: number; readonly limit: number };
  'image.wrong-kind': { readonly file: string; readonly kind: string };
  /** Neither a SUIT envelope nor an MCUboot image; `kind` is what it is by its content. */
  'image.not-inspectable': { readonly file: string; readonly kind: string };
  'image.too-large-to-inspect': { readonly file: string; readonly bytes: number; readonly limit: number };
  'image.unreadable': { readonly file: string; readonly reason: string };
  /** A signed package can't be written beside its artifact. */
  'image.unwritable': { readonly file: string; readonly reason: string };
  /** An ELF or Intel HEX file that breaks the rules of its format. */
  'image.damaged': { readonly file: string; readonly kind: string; readonly reason: string };
  /** Addresses so far apart that no flash holds them as one image; `to` is the first one behind it. */
  'image.scattered': {
    readonly file: string;
    readonly from: number;
    readonly to: number;
    readonly limit: number;
  };
  /** An ELF or Intel HEX file without a byte for flash, e.g. an object file. */
  'image.no-data': { readonly file: string; readonly kind: string };
}
