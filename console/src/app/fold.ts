// Search without accents: "su co" finds "Sự cố", "đ" is "d".
// SPDX-License-Identifier: Apache-2.0
export function foldText(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase();
}

export function matches(text: string, wanted: string): boolean {
  const folded = foldText(text);
  return foldText(wanted)
    .split(/\s+/)
    .every((part) => folded.includes(part));
}
