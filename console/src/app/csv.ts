// CSV for a spreadsheet: BOM, semicolons quoted where needed, and no cell that a spreadsheet
// would run as a formula.
// SPDX-License-Identifier: Apache-2.0
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+([.,]\d+)?$/.test(text) ? "'" + text : text;
  return /[";,\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

export function csvText(rows: string[][]): string {
  return "\ufeff" + rows.map((row) => row.map(csvCell).join(";")).join("\r\n") + "\r\n";
}
