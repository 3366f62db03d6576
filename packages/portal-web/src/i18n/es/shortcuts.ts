export const shortcuts = {
  title: "Atajos de teclado",
  cheatSheet: "Atajos de teclado",
  palette: "Buscar un comando",
  searchCommands: "Escriba lo que quiere hacer",
  nothingFound: "Aquí no hay ningún comando con ese nombre",
  on: "Atajos activados",
  onText: "Desactivados, solo funcionan Tab, flechas, Intro y Escape.",
  change: "Cambiar",
  changeOf: "Cambiar las teclas de: {{command}}",
  press: "Pulse las teclas nuevas (Esc: dejar)",
  taken: "Esas teclas ya son de «{{command}}».",
  needsModifier:
    "Use Ctrl o Alt con una tecla, o una tecla de función: una letra sola se activaría al escribir.",
  changed: "{{command}} tiene teclas nuevas.",
  reset: "Restaurar todas las teclas",
  group: { everywhere: "En todas partes", call: "Llamada", write: "Buscar y escribir", go: "Ir a" },
};
