/**
 * Passwords of eight characters or more that stand at the top of every published list of leaked ones. Short on
 * purpose: the rate limit takes care of the rest, and a client may hold a longer list against its users.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  12345678 123456789 1234567890 12345678910 0123456789 0987654321 9876543210 987654321 87654321 123123123 1234512345
  12341234 11223344 1122334455 112233445566 123456123 123654789 147258369 159753456 741852963 789456123 789456123a
  a12345678 a123456789 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1
  q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qwe123qwe qweasdzxc qwer1234 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
  qwertyui qwertyuiop qwertyuiop123 asdfghjk asdfghjkl asdf1234 asdfasdf asdqwe123 zxcvbnm123 zxcvbnm1 abcd1234
  abcdefgh abcdefg1 abc12345 abc123456 abcd12345 aa123456 aa12345678 aaaaaaaa admin123 admin1234 admin123456
  administrator adminadmin changeme changeme123 letmein1 letmein123 iloveyou iloveyou1 iloveyou2 iloveyou123 ilovegod
  password password1 password2 password3 password9 password10 password11 password12 password123 password1234
  password12345 password123456 password! password1! passw0rd passw0rd1 p@ssw0rd p@ssw0rd1 p@ssword pa$$word pa$$w0rd
  passwort passwort1 motdepasse contrasena test1234 test12345 testtest testing1 testing123 test123456 temp1234
  welcome1 welcome12 welcome123 welcome2 sunshine sunshine1 princess princess1 football football1 baseball baseball1
  basketball superman superman1 batman123 spiderman starwars pokemon1 pokemon123 minecraft liverpool liverpool1
  arsenal123 chelsea1 manchester barcelona realmadrid juventus michelle michael1 michael123 jennifer jessica1 jordan23
  charlie1 charlie123 daniel123 ashley123 andrew123 anthony1 nicholas benjamin samantha victoria elizabeth alexander
  christian christopher computer computer1 internet internet1 samsung1 samsung123 whatever whatever1 trustno1 dragon123
  monkey123 shadow123 master123 killer123 freedom1 mustang1 corvette mercedes ferrari1 harley123 chocolate butterfly
  rainbow1 cookie123 flower123 lovely123 babygirl babygirl1 sweetheart beautiful hello123 hello1234 hellohello
  goodluck success1 blessed1 jesus123 secret123 secretsecret default1 guest1234 user1234 root1234 login123 access14
  access123 pass1234 pass12345 pass123456 passpass summer2024 summer2025 summer2026 winter2024 winter2025 winter2026
  spring2025 spring2026 autumn2025 autumn2026 january1 february1 november1 december1 monday123 friday13 mynoob
  holiday1 vacation stayward stayward1 stayward123
  `
    .trim()
    .split(/\s+/),
);
