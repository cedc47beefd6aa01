/**
 * Words that common passwords are made of. What is left of a password without digits and signs at its ends, and with
 * the usual replacements undone (p4$$w0rd), must not be one of them, or some of them in a row.
 */
export const commonWords = new Set(
  `password passwort kennwort passwd passphrase motdepasse contrasena senha parola wachtwoord haslo heslo salasana
  qwerty qwertz azerty asdfgh zxcvbn qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc
  letmein welcome willkommen bienvenue admin administrator root superuser moderator owner user guest test tester testing
  login signin default changeme change secret topsecret private access master server minecraft catalyst panel gameserver
  valheim terraria factorio pterodactyl pelican discord steam gaming gamer games game player hello hallo
  iloveyou loveyou ilove love lovely princess prinzessin sunshine superman batman spiderman pokemon naruto pikachu
  starwars football baseball basketball soccer hockey liverpool chelsea arsenal barcelona realmadrid manchester
  dragon monkey shadow michael jennifer jordan jessica charlie daniel thomas andrew joshua ashley nicole hunter
  summer winter spring autumn january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday computer internet samsung google facebook android iphone
  apple microsoft windows linux ubuntu debian whatever trustno trustnoone freedom whiskey cheese chocolate cookie banana
  killer ninja mustang ferrari porsche mercedes yamaha corvette blink matrix phoenix diamond silver golden purple
  orange yellow flower butterfly angel blessed jesus christ heaven family friends mother father baby babygirl
  please dont know nothing something anything everything the and for you your my me is a i abc abcd abcdef abcdefg`
    .split(/\s+/)
    .filter(Boolean),
);

/** What fingers run along; a password that lies on one of these rows, in either direction, is none. */
export const fingerRows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '147258369147258369',
  '789456123789456123',
];
