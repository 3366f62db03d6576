export const shortcuts = {
  title: "Keyboard shortcuts",
  cheatSheet: "Keyboard shortcuts",
  palette: "Find a command",
  searchCommands: "Type what you want to do",
  nothingFound: "No command of that name is available here",
  on: "Shortcuts on",
  onText: "Off, only Tab, arrows, Enter and Escape do something.",
  change: "Change",
  changeOf: "Change the keys of: {{command}}",
  press: "Press the new keys (Esc: keep)",
  taken: "These keys already belong to “{{command}}”.",
  needsModifier:
    "Use Ctrl or Alt with a key, or a function key: a single letter would run while you write.",
  changed: "New keys for {{command}} are set.",
  reset: "Restore all keys",
  group: { everywhere: "Everywhere", call: "Call", write: "Look up and write", go: "Go to" },
};
