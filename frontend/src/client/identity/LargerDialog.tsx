import { FormDialog } from "../../ui/FormDialog";
import { PictureView } from "../../ui/PictureView";
import { useObjectUrl } from "./useObjectUrl";

interface Props {
  /** What the picture shows. */
  what: string;
  picture: Blob;
  onClose: () => void;
}

/** A picture that is to be sent, or was, to be looked at closely. */
export function LargerDialog({ what, picture, onClose }: Props) {
  const url = useObjectUrl(picture);
  return (
    <FormDialog opened wide onClose={onClose} onSubmit={onClose} title={what}>
      {url && <PictureView src={url} label={what} />}
    </FormDialog>
  );
}
