# Texts of our own writing in which who does what to whom matters: a statement, another of the same two parties with the same verb in another form,
# tense or words, and two with the parties exchanged. The same seed gives the
# same lines on every awk.
#
#   LC_ALL=C awk -v count=60000 -f exchanged.awk

# Numbers below 2^31, so that awk's doubles hold every product exactly.
function random(limit) { state = (state * 16807) % 2147483647; return state % limit }
function list(name, words,    i, parts, n) { n = split(words, parts, /, */); size[name] = n; for (i = 1; i <= n; i++) word[name, i] = parts[i] }
function pick(name) { return word[name, 1 + random(size[name])] }
function chance(percent) { return random(100) < percent }
function capital(text) { return toupper(substr(text, 1, 1)) substr(text, 2) }
function put(text) { text = capital(text) (chance(85) ? "." : ""); print chance(10) ? tolower(text) : text; lines++ }

# Two parties of a kind, named or not; the article of each text is chosen once.
function parties(kind) {
    do { one = pick(kind); two = pick(kind) } while (one == two)
    named = kind ~ /^(country|name|team|city)$/
}
function swap(    other) { other = one; one = two; two = other }
function party(noun, determiner) { return named ? noun : determiner != "a" ? determiner " " noun : (noun ~ /^[aeio]/ ? "an " : "a ") noun }
function determiner() { return chance(50) ? "the" : chance(80) ? "a" : "this" }

# A verb is base/s/past/participle/ing; other words for it follow after a semicolon.
function inflect(entry,    ways, n) { n = split(entry, ways, /; */); split(ways[1 + random(n)], verb, "/") }
function action(entry, a, b,    d, way) {
    d = determiner(); a = party(a, d); b = party(b, d)
    inflect(entry)
    way = random(100)
    if (way < 24) return a " " verb[3] " " b
    if (way < 38) return a " " verb[2] " " b
    if (way < 54) return a " is " verb[5] " " b
    if (way < 66) return b " was " verb[4] " by " a
    if (way < 72) return b " is being " verb[4] " by " a
    if (way < 78) return a " has " verb[4] " " b
    if (way < 84) return a " will " verb[1] " " b
    if (way < 90) return a " did not " verb[1] " " b
    if (way < 95) return "it was " a " that " verb[3] " " b
    return b " got " verb[4] " by " a
}
function given(thing, a, b,    d, way) {
    d = determiner(); a = party(a, d); b = party(b, d)
    way = random(100)
    if (way < 25) return a " " pick("gave") " " b " " thing
    if (way < 45) return a " " pick("gave") " " thing " to " b
    if (way < 65) return b " " pick("got") " " thing " from " a
    if (way < 80) return a " is giving " b " " thing
    return b " was given " thing " by " a
}
function traded(thing, a, b,    d) {
    d = determiner(); a = party(a, d); b = party(b, d)
    if (chance(30)) return a " sold " thing " to " b
    if (chance(30)) return b " bought " thing " from " a
    return chance(50) ? a " lent " b " " thing : b " borrowed " thing " from " a
}
function beaten(a, b,    end) {
    end = chance(40) ? " " pick("stage") : ""
    if (chance(45)) return a " " pick("won") " " b end
    return chance(50) ? a " won against " b end : b " lost to " a end
}
function compared(quality, a, b,    d) {
    d = determiner()
    return party(a, d) " is " quality " than " party(b, d)
}
function ordered(    who) {
    who = pick("who")
    if (chance(30)) return who " " first[3] " before " who " " second[3]
    if (chance(30)) return who " " first[3] " and then " second[3]
    return chance(50) ? "after " first[5] " " who " " second[3] : who " " second[3] " after " first[5]
}
function activities(    a, b) {
    do { a = pick("activity"); b = pick("activity") } while (a == b)
    split(a "/" b, first, "/"); split(b, second, "/")
}

function group(    kind, entry, thing, turn, part, other) {
    kind = random(100)
    if (kind < 58) { parties(pick("kinds")); entry = named && chance(70) ? pick("publicDo") : pick("do") }
    else if (kind < 72) { parties(pick("kinds")); thing = pick("thing"); entry = chance(50) }
    else if (kind < 82) parties(chance(50) ? "country" : chance(50) ? "team" : "name")
    else if (kind < 89) activities()
    else if (kind < 94) parties("city")
    else { parties(pick("kinds")); thing = pick("quality") }
    for (turn = 0; turn < 2; turn++) {
        for (part = 0; part < 2; part++) {
            if (kind < 58) put(action(entry, one, two))
            else if (kind < 72) put(entry ? given(thing, one, two) : traded(thing, one, two))
            else if (kind < 82) put(beaten(one, two))
            else if (kind < 89) put(ordered())
            else if (kind < 94) put(pick("travel") (part ? " to " two " from " one : " from " one " to " two))
            else put(compared(thing, one, two))
        }
        swap()
        for (part = 1; part <= 5; part++) { other = first[part]; first[part] = second[part]; second[part] = other }
    }
}

BEGIN {
    state = 20261201
    list("kinds", "person, person, person, person, animal, animal, organisation, vehicle, name, country")
    list("person", "man, woman, boy, girl, child, teacher, student, doctor, nurse, patient, lawyer, judge, police officer, thief, mother, father, daughter, son, brother, sister, aunt, uncle, grandmother, grandfather, chef, waiter, king, queen, prince, manager, employee, customer, farmer, soldier, general, hunter, fisherman, driver, cyclist, singer, dancer, painter, actor, director, writer, journalist, editor, scientist, professor, priest, pilot, sailor, guard, prisoner, detective, killer, victim, witness, neighbour, friend, enemy, stranger, landlord, tenant, buyer, seller, coach, player, referee, goalkeeper, boxer, tourist, guide, baby, nanny, bride, groom, president, minister, senator, voter, boss, worker, engineer, plumber, hairdresser, dentist, butcher, baker, tailor, clown, magician, musician, fan, robber, banker, librarian, mayor")
    list("animal", "dog, cat, mouse, rat, bear, wolf, fox, rabbit, horse, cow, bull, sheep, goat, pig, lion, tiger, zebra, elephant, monkey, snake, frog, bird, eagle, owl, hawk, duck, goose, hen, fish, shark, seal, whale, dolphin, spider, bee, deer, squirrel, boy, girl, man, woman, child")
    list("organisation", "company, government, union, bank, court, police, army, church, university, newspaper, airline, team, committee, council, hospital, ministry, museum, school, charity, supplier, publisher, journalist, politician, worker, customer, investor, minister, mayor, lawyer, student")
    list("vehicle", "car, bus, truck, train, bicycle, motorcycle, taxi, van, tram, ship, boat, plane, helicopter, ambulance, tractor, cyclist, driver, police car")
    list("name", "Anna, Ben, Carla, David, Emma, Frank, Grace, Henry, Ida, Jack, Kate, Leo, Maria, Nick, Olga, Paul, Rosa, Sam, Tina, Victor, John, Mary, Peter, Susan, Tom, Julia, Alice, Bob, Mr. Brown, Mrs. Green, Dr. Hall, Professor Lee")
    list("country", "Germany, France, Italy, Spain, England, Brazil, Argentina, Mexico, Canada, China, Japan, India, Russia, Poland, Sweden, Norway, Egypt, Kenya, Nigeria, Australia, Turkey, Greece, Iran, Iraq, Israel, Austria, Portugal, Chile, Peru, Ukraine, Korea, Denmark, Ireland, Scotland, Croatia, Belgium")
    list("team", "the Tigers, the Eagles, the Lions, the Bears, the Giants, the Rangers, Barcelona, Madrid, Liverpool, Chelsea, Munich, Milan, Boston, Chicago, New York, Toronto, Dallas, Denver")
    list("city", "Paris, London, Berlin, Madrid, Rome, Vienna, Moscow, Tokyo, Beijing, Delhi, Sydney, New York, Boston, Chicago, Toronto, Cairo, Nairobi, Lima, Oslo, Dublin, Athens, Lisbon, Prague, Warsaw, Zurich, Hamburg, Lyon, Milan, Seattle, Dallas")
    list("do", "bite/bites/bit/bitten/biting, chase/chases/chased/chased/chasing; run after/runs after/ran after/chased/running after; pursue/pursues/pursued/pursued/pursuing, follow/follows/followed/followed/following, see/sees/saw/seen/seeing, watch/watches/watched/watched/watching; look at/looks at/looked at/looked at/looking at; observe/observes/observed/observed/observing, help/helps/helped/helped/helping; assist/assists/assisted/assisted/assisting, attack/attacks/attacked/attacked/attacking, love/loves/loved/loved/loving, hate/hates/hated/hated/hating; cannot stand/cannot stand/could not stand/hated/hating, visit/visits/visited/visited/visiting; come to see/comes to see/came to see/visited/visiting, call/calls/called/called/calling; phone/phones/phoned/phoned/phoning, hit/hits/hit/hit/hitting; strike/strikes/struck/struck/striking; run into/runs into/ran into/hit/running into, kick/kicks/kicked/kicked/kicking, push/pushes/pushed/pushed/pushing, teach/teaches/taught/taught/teaching; give lessons to/gives lessons to/gave lessons to/taught/giving lessons to, blame/blames/blamed/blamed/blaming, thank/thanks/thanked/thanked/thanking; say thank you to/says thank you to/said thank you to/thanked/thanking, feed/feeds/fed/fed/feeding; give food to/gives food to/gave food to/fed/giving food to, kiss/kisses/kissed/kissed/kissing, pay/pays/paid/paid/paying; give money to/gives money to/gave money to/paid/giving money to, ignore/ignores/ignored/ignored/ignoring; pay no attention to/pays no attention to/paid no attention to/ignored/ignoring, praise/praises/praised/praised/praising; speak well of/speaks well of/spoke well of/praised/praising, criticize/criticizes/criticized/criticized/criticizing, warn/warns/warned/warned/warning, carry/carries/carried/carried/carrying, pull/pulls/pulled/pulled/pulling, stop/stops/stopped/stopped/stopping, lead/leads/led/led/leading, catch/catches/caught/caught/catching, kill/kills/killed/killed/killing, hurt/hurts/hurt/hurt/hurting; injure/injures/injured/injured/injuring, save/saves/saved/saved/saving; rescue/rescues/rescued/rescued/rescuing, find/finds/found/found/finding, lose/loses/lost/lost/losing, eat/eats/ate/eaten/eating, scare/scares/scared/scared/scaring; frighten/frightens/frightened/frightened/frightening, surprise/surprises/surprised/surprised/surprising, meet/meets/met/met/meeting, greet/greets/greeted/greeted/greeting; say hello to/says hello to/said hello to/greeted/greeting, hug/hugs/hugged/hugged/hugging; embrace/embraces/embraced/embraced/embracing, draw/draws/drew/drawn/drawing, paint/paints/painted/painted/painting, photograph/photographs/photographed/photographed/photographing; take a picture of/takes a picture of/took a picture of/photographed/taking a picture of, trust/trusts/trusted/trusted/trusting, fear/fears/feared/feared/fearing; be afraid of/is afraid of/was afraid of/feared/fearing, invite/invites/invited/invited/inviting, overtake/overtakes/overtook/overtaken/overtaking; pass/passes/passed/passed/passing, wake/wakes/woke/woken/waking, wash/washes/washed/washed/washing, dress/dresses/dressed/dressed/dressing, lift/lifts/lifted/lifted/lifting, shout at/shouts at/shouted at/shouted at/shouting at; yell at/yells at/yelled at/yelled at/yelling at, laugh at/laughs at/laughed at/laughed at/laughing at; make fun of/makes fun of/made fun of/mocked/making fun of, listen to/listens to/listened to/heard/listening to, talk to/talks to/talked to/addressed/talking to, wait for/waits for/waited for/expected/waiting for, leave/leaves/left/left/leaving, marry/marries/married/married/marrying, rob/robs/robbed/robbed/robbing, shoot/shoots/shot/shot/shooting, cure/cures/cured/cured/curing; heal/heals/healed/healed/healing, examine/examines/examined/examined/examining, admire/admires/admired/admired/admiring; look up to/looks up to/looked up to/admired/looking up to, miss/misses/missed/missed/missing, forgive/forgives/forgave/forgiven/forgiving, punish/punishes/punished/punished/punishing, interrupt/interrupts/interrupted/interrupted/interrupting, block/blocks/blocked/blocked/blocking, lick/licks/licked/licked/licking, guard/guards/guarded/guarded/guarding; protect/protects/protected/protected/protecting, hide from/hides from/hid from/avoided/hiding from, recognize/recognizes/recognized/recognized/recognizing, imitate/imitates/imitated/imitated/imitating; copy/copies/copied/copied/copying")
    list("publicDo", "sue/sues/sued/sued/suing; take to court/takes to court/took to court/sued/suing, defeat/defeats/defeated/defeated/defeating; beat/beats/beat/beaten/beating, attack/attacks/attacked/attacked/attacking; invade/invades/invaded/invaded/invading, hire/hires/hired/hired/hiring; employ/employs/employed/employed/employing, fire/fires/fired/fired/firing; dismiss/dismisses/dismissed/dismissed/dismissing, criticize/criticizes/criticized/criticized/criticizing; condemn/condemns/condemned/condemned/condemning, praise/praises/praised/praised/praising, support/supports/supported/supported/supporting; back/backs/backed/backed/backing, warn/warns/warned/warned/warning, accuse/accuses/accused/accused/accusing, blame/blames/blamed/blamed/blaming, buy/buys/bought/bought/buying; acquire/acquires/acquired/acquired/acquiring; take over/takes over/took over/taken over/taking over, pay/pays/paid/paid/paying, arrest/arrests/arrested/arrested/arresting; detain/detains/detained/detained/detaining, question/questions/questioned/questioned/questioning; interview/interviews/interviewed/interviewed/interviewing, elect/elects/elected/elected/electing; vote for/votes for/voted for/elected/voting for, replace/replaces/replaced/replaced/replacing; succeed/succeeds/succeeded/succeeded/succeeding, threaten/threatens/threatened/threatened/threatening, help/helps/helped/helped/helping, advise/advises/advised/advised/advising, outnumber/outnumbers/outnumbered/outnumbered/outnumbering, import goods from/imports goods from/imported goods from/supplied/importing goods from, export goods to/exports goods to/exported goods to/supplied/exporting goods to, owe money to/owes money to/owed money to/financed/lending money to, apologize to/apologizes to/apologized to/apologized to/apologizing to, deceive/deceives/deceived/deceived/deceiving; cheat/cheats/cheated/cheated/cheating, visit/visits/visited/visited/visiting, invite/invites/invited/invited/inviting, represent/represents/represented/represented/representing, ban/bans/banned/banned/banning, fund/funds/funded/funded/funding; finance/finances/financed/financed/financing, control/controls/controlled/controlled/controlling, trust/trusts/trusted/trusted/trusting, investigate/investigates/investigated/investigated/investigating")
    list("thing", "a book, a letter, some money, a car, a house, a horse, a ring, an old coat, the keys, a bicycle, a painting, a ticket, a cake, a phone, some advice, the documents, a present, a dog, flowers, a glass of water, a lamp, a camera, the farm, shares, a laptop, an apple, a toy, a map, a loan, medicine")
    list("gave", "gave, handed, sent, showed, offered, brought, passed, threw")
    list("got", "got, received, took, accepted")
    list("won", "defeated, beat, knocked out, overcame, thrashed, eliminated")
    list("stage", "in the final, in the first round, at home, by two goals, yesterday, for the first time, in the World Cup, on penalties, in the playoffs, last night")
    list("who", "she, he, they, I, we")
    list("activity", "eat/eats/ate/eaten/eating, run/runs/ran/run/running, sleep/sleeps/slept/slept/sleeping, work/works/worked/worked/working, swim/swims/swam/swum/swimming, read a book/reads a book/read a book/read a book/reading a book, cook dinner/cooks dinner/cooked dinner/cooked dinner/cooking dinner, take a shower/takes a shower/took a shower/taken a shower/taking a shower, go shopping/goes shopping/went shopping/gone shopping/going shopping, call home/calls home/called home/called home/calling home, pay the bill/pays the bill/paid the bill/paid the bill/paying the bill, watch television/watches television/watched television/watched television/watching television, clean the kitchen/cleans the kitchen/cleaned the kitchen/cleaned the kitchen/cleaning the kitchen, walk the dog/walks the dog/walked the dog/walked the dog/walking the dog, drink coffee/drinks coffee/drank coffee/drunk coffee/drinking coffee, study law/studies law/studied law/studied law/studying law, get married/gets married/got married/got married/getting married, buy a house/buys a house/bought a house/bought a house/buying a house, lock the door/locks the door/locked the door/locked the door/locking the door, write a letter/writes a letter/wrote a letter/written a letter/writing a letter, play tennis/plays tennis/played tennis/played tennis/playing tennis, have lunch/has lunch/had lunch/had lunch/having lunch, see a doctor/sees a doctor/saw a doctor/seen a doctor/seeing a doctor, move to Spain/moves to Spain/moved to Spain/moved to Spain/moving to Spain")
    list("travel", "a flight, the train, a bus, we drove, they moved, she flew, he travelled, the road, a letter, the goods were sent, a direct connection, cheap tickets, the ship sailed, a phone call, how do I get, the distance, I am going")
    list("quality", "taller, older, younger, stronger, faster, slower, richer, poorer, smaller, bigger, louder, kinder, smarter, heavier, cheaper, braver, more famous, more careful, more expensive, more dangerous")
    while (lines < count) group()
}
