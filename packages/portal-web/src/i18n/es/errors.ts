export const errors = {
  title: "Esta parte de la pantalla ha fallado",
  text: "Lo que escribió se conserva. Reinténtelo; si ocurre dos veces, dé este código a soporte.",
  code: "Código {{code}}",
  loadFailed: "No se pudo cargar ({{code}}).",
  saveFailed: "No se pudo guardar ({{code}}).",
  denied: "No puede ver esto ({{code}}).",
  unreachable: "Ninguna región responde ahora. Lo que escriba se guarda aquí y se envía después.",
  writesPaused: "El guardado está en pausa un momento. Se envía solo en cuanto se reanude.",
  callGone: "Esta llamada ya ha cambiado o terminado. El puesto muestra su estado actual.",
  stale: "Otra persona lo cambió mientras tanto. Se guardan ambas versiones para que las compare.",
  rateLimited: "Demasiadas peticiones en poco tiempo. Espere unos segundos.",
  refused: "El servicio lo rechazó ({{code}}).",
};
