export const identity = {
  signInTitle: "Iniciar sesión en Careline",
  signInText: "Se inicia sesión con la cuenta de trabajo y un segundo factor.",
  signIn: "Iniciar sesión",
  signInFailed:
    "No se completó el inicio de sesión ({{code}}). No se ha perdido nada de lo que escribió. Vuelva a intentarlo.",
  signedOut: "Ha cerrado la sesión.",
  sessionEnded:
    "Su sesión ha terminado. Lo que escribió se guarda en este equipo hasta que vuelva a iniciar sesión.",
  checking: "Comprobando quién es…",
  unreachable: "Ninguna de las dos regiones responde ahora.",
  unreachableText:
    "Los nuevos inicios de sesión deben esperar. Si ya tenía la sesión iniciada en este navegador, puede seguir tomando notificaciones: se envían después.",
  openIntake: "Abrir el formulario sin conexión",
  locked: "Pantalla bloqueada",
  lockedText: "Bloqueada para {{name}}. La llamada en curso continúa y sus borradores se guardan.",
  unlock: "Desbloquear",
  unlockText: "Para desbloquear, su cuenta de trabajo le pide el segundo factor.",
  lockSoon: "La pantalla se bloquea en {{seconds}} s",
  lockSoonText: "Hace un rato que no se pulsa nada. Cualquier tecla la mantiene abierta.",
  stay: "Seguir aquí",
  signOutTitle: "¿Cerrar sesión con trabajo sin enviar?",
  signOutWaiting_one:
    "{{count}} registro aún no ha llegado a ambas regiones. Queda cifrado en este equipo y se envía cuando vuelva a iniciar sesión aquí.",
  signOutWaiting_other:
    "{{count}} registros aún no han llegado a ambas regiones. Quedan cifrados en este equipo y se envían cuando vuelva a iniciar sesión aquí.",
  signOutCall:
    "Está en una llamada. Cerrar sesión no la cuelga, pero la llamada sale de su pantalla.",
  signOutAnyway: "Cerrar sesión de todos modos",
  stayHere: "Mantener la sesión",
};
