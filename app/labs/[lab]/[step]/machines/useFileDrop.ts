import { type DragEvent, useState } from 'react';

/** What was dropped: its first file, and whether there was more or a folder instead. */
export interface Dropped {
  file: File | null;
  several: boolean;
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');

/** Takes a file that is dropped on an element, and says while one is held over it; text and links are left to others. */
export function useFileDrop(able: boolean, onDrop: (dropped: Dropped) => void) {
  const [over, setOver] = useState(false);
  return {
    over: over && able,
    on: {
      onDragOver(event: DragEvent) {
        if (!hasFiles(event)) return;
        // Without this the browser would open the file in the page's place.
        event.preventDefault();
        event.dataTransfer.dropEffect = able ? 'copy' : 'none';
        setOver(able);
      },
      onDragLeave(event: DragEvent) {
        const { relatedTarget, currentTarget } = event;
        if (!(relatedTarget instanceof Node) || !currentTarget.contains(relatedTarget)) setOver(false);
      },
      onDropCapture(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (!able) return;
        const [first] = event.dataTransfer.items;
        const folder = first?.webkitGetAsEntry?.()?.isDirectory ?? false;
        onDrop({
          file: folder ? null : (event.dataTransfer.files[0] ?? null),
          several: event.dataTransfer.files.length > 1,
        });
      },
    },
  };
}
