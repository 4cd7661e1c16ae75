// A place to drop a file or choose one. Works by keyboard: it is a labelled file field.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { t } from "../words";
import { Icon, type IconName } from "./icon";

export function Drop({
  icon,
  title,
  hint,
  accept,
  many,
  busy,
  onFiles,
}: {
  icon: IconName;
  title: string;
  hint: string;
  accept?: string;
  many?: boolean;
  busy?: boolean;
  onFiles: (files: File[]) => void;
}) {
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])];
    if (files.length) onFiles(many ? files : files.slice(0, 1));
  };
  return (
    <label
      class={"drop" + (over ? " over" : "") + (busy ? " busy" : "")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <Icon name={icon} />
      <b>{busy ? t("reading") : title}</b>
      <small>{hint}</small>
      <input
        type="file"
        accept={accept}
        multiple={many}
        disabled={busy}
        aria-label={title}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
