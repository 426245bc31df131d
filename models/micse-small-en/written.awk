# Texts of our own writing, made from parts: captions, definitions, questions, requests to a support desk, short statements, some of them negated or
# with numbers, and sentences of two parties. The same seed gives the same lines on every awk.
#
#   awk -v count=115000 -f written.awk

# Numbers below 2^31, so that awk's doubles hold every product exactly.
function random(limit) { state = (state * 16807) % 2147483647; return state % limit }
function list(name, words,    i, parts, n) { n = split(words, parts, /, */); size[name] = n; for (i = 1; i <= n; i++) word[name, i] = parts[i] }
function pick(name) { return word[name, 1 + random(size[name])] }
function chance(percent) { return random(100) < percent }
function article(noun) { return (noun ~ /^[aeio]/ ? "an " : "a ") noun }
function someone(    n) { n = pick("person"); return chance(25) ? article(pick("looks") " " n) : article(n) }
function something(    n) { n = pick("object"); return chance(30) ? article(pick("quality") " " n) : article(n) }
function capital(text) { return toupper(substr(text, 1, 1)) substr(text, 2) }
function sentence(text) { return capital(text) (chance(80) ? "." : "") }
function number() { return chance(50) ? 2 + random(18) : chance(50) ? 10 * (2 + random(30)) : 100 * (1 + random(40)) }
function gerund(base) {
    if (base ~ /[^e]e$/ ) return substr(base, 1, length(base) - 1) "ing"
    if (base ~ /^(cut|stop|run|sit|put|get|set|plan|chop|chat|hug|swim|shut|dig|grab|mop|pet|trim|win|drop|pat|hit|rub|wrap|ship|sip|peel)$/ && base !~ /ee/) return base substr(base, length(base)) "ing"
    return base "ing"
}

function caption(    who, act) {
    who = chance(15) ? pick("many") " " pick("persons") : someone()
    act = chance(55) ? gerund(pick("handle")) " " something() : chance(60) ? pick("doing") : pick("doing") " and " pick("doing")
    if (who ~ /^(two|three|four|several|some|a group of|a crowd of|five|a couple of)/) return who " are " act (chance(45) ? " " pick("place") : "")
    return who " is " act (chance(45) ? " " pick("place") : "")
}
function scene() {
    if (chance(40)) return article(pick("colour") " " pick("animal")) " " pick("pose") " " pick("place")
    if (chance(50)) return article(pick("colour") " " pick("object")) " " pick("rests") " " pick("place")
    return pick("many") " " pick("things") " " pick("place")
}
function passive() { return something() " is being " pick("handled") " by " someone() }
function swapped(    a, b, v) { a = pick("actor"); b = pick("actor"); v = pick("actsOn"); return "the " a " " v " the " b }
function definition() {
    if (chance(35)) return "the act of " gerund(pick("abstractDo")) " " pick("abstract")
    if (chance(35)) return "a person who " pick("personDoes") (chance(40) ? " for " pick("reason") : "")
    if (chance(40)) return "the " pick("stateOf") " of being " pick("adjective")
    return "(a " pick("kind") ") used for " gerund(pick("abstractDo")) " " pick("abstract")
}
function request(    v, o) {
    v = pick("askDo"); o = pick("askWhat")
    if (chance(20)) return "how do I " v " my " o "?"
    if (chance(15)) return "how can I " v " " (chance(50) ? "the " : "my ") o " " pick("askWhere") "?"
    if (chance(15)) return "I can't " v " my " o (chance(40) ? " " pick("since") : "")
    if (chance(15)) return "I would like to " v " my " o
    if (chance(15)) return "is it possible to " v " the " o " " pick("askWhere") "?"
    if (chance(15)) return "please help me " v " my " o
    return "where do I " v " " (chance(50) ? "an " : "the ") o "?"
}
function trouble(    o) {
    o = pick("askWhat")
    if (chance(20)) return "my " o " " pick("wrong")
    if (chance(20)) return "the " o " " pick("wrong") " " pick("since")
    if (chance(20)) return "I never received the " o " for order " (1000 + random(9000))
    if (chance(20)) return "I was charged " pick("times") " for my " o
    if (chance(25)) return "why " (chance(50) ? "is" : "was") " my " o " " pick("status") "?"
    return "what are your " pick("policy") "?"
}
function question() {
    if (chance(20)) return "what is the best way to " pick("handle") " " something() "?"
    if (chance(20)) return "should I " pick("handle") " the " pick("object") " before or after I " pick("handle") " the " pick("object") "?"
    if (chance(20)) return "can " someone() " " pick("handle") " " something() " " pick("place") "?"
    if (chance(20)) return "how many " pick("things") " are there " pick("place") "?"
    if (chance(20)) return "who " pick("past") " the " pick("object") " " pick("place") "?"
    if (chance(30)) return "how long does it take to " pick("handle") " " number() " " pick("things") "?"
    return "is it okay to " pick("handle") " " article(pick("object")) " " pick("when") "?"
}
function statement(    a, o, q) {
    a = pick("actor"); o = pick("object"); q = pick("adjective")
    if (chance(20)) return "the " o " is " (chance(40) ? "not " : "") q
    if (chance(20)) return "the " a " " (chance(40) ? "did not " pick("handle") : pick("past")) " the " o
    if (chance(15)) return "no one " pick("past") " the " o " " pick("when")
    if (chance(15)) return "the " o " costs " number() " dollars"
    if (chance(15)) return number() " " pick("persons") " " pick("past") " the " o " " pick("when")
    if (chance(20)) return "I " pick("opinion") " " pick("subject")
    if (chance(20)) return pick("subject") " " pick("claims")
    return "the " pick("office") " " pick("officeDid") " " pick("matter") " " pick("when")
}
function headline() {
    if (chance(30)) return pick("country") " " pick("officeDoes") " " pick("matter")
    if (chance(25)) return number() " " pick("harmed") " in " pick("country") " " pick("event")
    if (chance(25)) return pick("company") " shares " pick("moves") " " (1 + random(20)) " percent " pick("when")
    if (chance(25)) return pick("country") "'s " pick("office") " " pick("officeDoes") " " pick("matter")
    return pick("event") " in " pick("country") " leaves " number() " " pick("harmed")
}

BEGIN {
    state = 20261129
    list("person", "man, woman, boy, girl, child, baby, person, lady, guy, chef, cook, farmer, soldier, teacher, student, doctor, nurse, player, singer, dancer, worker, cyclist, surfer, skier, climber, driver, police officer, firefighter, musician, artist, photographer, tourist, fisherman, hiker, runner, toddler, teenager, old man, young woman, grandmother, father, mother, vendor, waiter, carpenter, mechanic, gardener, cowboy, clown, judge, pilot")
    list("persons", "men, women, boys, girls, children, people, kids, students, players, musicians, workers, soldiers, tourists, dancers, friends, runners, cyclists, workers, fans, football players, women in dresses, men in suits, farmers, nurses, teenagers")
    list("many", "two, three, four, several, some, a group of, a crowd of, five, a couple of")
    list("looks", "young, old, smiling, tall, bearded, blond, barefoot, tired, little, elderly, well dressed, happy, angry, shirtless, lonely, bald, strong")
    list("object", "guitar, piano, flute, drum, violin, trumpet, carrot, onion, potato, tomato, cucumber, apple, banana, orange, egg, fish, loaf of bread, sandwich, cake, pizza, bowl of soup, cup of tea, bottle of water, knife, spoon, plate, pan, pot, ball, bat, bicycle, motorcycle, car, truck, bus, train, boat, horse, book, newspaper, letter, phone, laptop, camera, computer, television, chair, table, bed, sofa, lamp, door, window, key, box, bag, suitcase, umbrella, hat, coat, shoe, shirt, dress, ring, rope, ladder, hammer, saw, shovel, tree, flower, rock, fence, wall, roof, bridge, road, candle, gun, sword, toy, kite, skateboard, surfboard, sled, tent, map, ticket, coin, cat, dog, rabbit, bird, snake, cow, sheep, chicken, duck, turtle, sign, flag, painting, photo, mirror, clock, basket, bucket, broom, towel, blanket, pillow, pencil, paper, stick, rug, garlic clove, piece of meat, shrimp, tortilla, dough, machine, engine, tire")
    list("things", "guitars, apples, eggs, cars, bicycles, boats, horses, books, letters, phones, laptops, chairs, tables, doors, boxes, bags, umbrellas, hats, shoes, trees, flowers, rocks, bridges, candles, toys, kites, skateboards, tents, tickets, coins, cats, dogs, birds, cows, sheep, ducks, signs, flags, paintings, photos, bottles, cups, plates, buildings, trains, planes, buses, elephants, zebras, tables and chairs, potted plants, suitcases")
    list("quality", "red, blue, green, black, white, yellow, big, small, large, tiny, old, new, broken, wooden, metal, plastic, heavy, empty, full, clean, dirty, wet, round, expensive, cheap, hot, cold, fresh, raw, beautiful")
    list("colour", "red, blue, green, black, white, yellow, brown, gray, orange, black and white, golden, silver, pink, dark, bright")
    list("animal", "dog, cat, puppy, kitten, horse, cow, sheep, goat, bird, parrot, duck, monkey, panda, elephant, zebra, lion, tiger, bear, rabbit, squirrel, hamster, fish, turtle, snake, donkey, bull, eagle, lemur, hedgehog, pig")
    list("pose", "is sitting, is standing, is lying down, is sleeping, is running, is jumping, is swimming, is eating, is drinking, is playing, stands, sits, runs, walks, lies, is looking at the camera, is chasing a ball, is resting, is walking, is being petted")
    list("rests", "is parked, is lying, is standing, is hanging, is, was left, sits, can be seen, is moving, is broken")
    list("place", "in the kitchen, on the street, in a park, at the beach, on a stage, in the water, on the grass, in front of a house, near the river, in the snow, on a bench, under a tree, in a field, on the floor, on the table, in a room, on a boat, at the market, in the forest, on a mountain, by the window, in the garden, at a restaurant, in the city, on a train, at home, in an office, behind a fence, next to a car, in a swimming pool, on the sidewalk, at night, in the rain, outside, indoors, on a dirt road, on the roof, in a classroom, at an airport, on a busy road, across the street, through the woods, into the lake, along the shore")
    list("handle", "play, hold, cut, slice, peel, cook, fry, boil, eat, clean, wash, paint, carry, push, pull, ride, drive, fix, repair, open, close, break, throw, catch, kick, hit, buy, sell, draw, move, lift, climb, build, read, write on, look at, pick up, put down, pour water on, chop, mix, stir, bake, pack, fold, hide, steal, find, lose, photograph, touch, feed, pet, brush, tie, hang, drop, return, replace, store, measure")
    list("handled", "played, held, cut, sliced, peeled, cooked, fried, eaten, cleaned, washed, painted, carried, pushed, pulled, ridden, driven, repaired, opened, closed, broken, thrown, caught, kicked, bought, sold, drawn, moved, lifted, built, read, chopped, mixed, stirred, packed, folded, stolen, photographed, fed, brushed, tied, replaced")
    list("past", "played, held, cut, sliced, cooked, ate, cleaned, washed, painted, carried, pushed, pulled, rode, drove, fixed, repaired, opened, closed, broke, threw, caught, kicked, bought, sold, moved, lifted, built, saw, read, dropped, returned, replaced, found, lost, stole")
    list("doing", "dancing, singing, running, walking, swimming, sleeping, laughing, crying, talking, talking on the phone, riding a horse, riding a bike, playing guitar, playing soccer, playing basketball, playing chess, playing the drums, doing a trick, doing exercises, lifting weights, jumping, climbing a rope, climbing a mountain, surfing, skiing, skating, fishing, cooking, eating, drinking, smoking, reading, writing, drawing, painting, driving, sitting, standing, waiting, kneeling, fighting, boxing, shooting, speaking, praying, marching, taking a picture, taking a bath, putting on makeup, brushing teeth, combing hair, washing dishes, mowing the lawn, shoveling snow, walking a dog, feeding the birds, pushing a stroller, using a computer, watching television, looking out of the window, shaking hands, hugging, kissing, waving, diving, sailing, rowing a boat, working, celebrating, playing cards, doing yoga, applauding")
    list("actor", "dog, cat, man, woman, boy, girl, teacher, student, doctor, patient, lawyer, judge, police officer, thief, mother, daughter, son, father, chef, waiter, bear, wolf, fox, rabbit, horse, king, queen, manager, employee, company, customer, team, coach, player, bus, car, truck, train, cyclist, journalist, minister, president, bank, government, neighbor, landlord, tenant, hunter, soldier, general, buyer, seller")
    list("actsOn", "bites, chases, follows, sees, helps, attacks, loves, hates, visits, calls, hits, kicks, pushes, teaches, blames, sues, thanks, feeds, kisses, beats, defeats, pays, hires, fires, ignores, criticizes, praises, supports, watches, warns, passes, overtakes, catches, kills, saves, believes, trusts, fears, interviews, invites")
    list("abstractDo", "make, change, improve, measure, prevent, protect, destroy, prove, judge, collect, divide, join, move, carry, store, control, reduce, express, produce, teach, explain, describe, support, avoid, cause, remove, discover, record, examine, prepare, supply, organize, approve, refuse, combine, separate, share, repeat, transfer, cover")
    list("abstract", "money, food, heat, sound, light, electricity, water, goods, people, information, ideas, feelings, land, metal, wood, cloth, time, power, rules, damage, evidence, pain, disease, words, music, a plan, an agreement, a system, the body, a group, a country, property, children, weapons, the truth, work, interest, data, pressure, energy")
    list("personDoes", "teaches, sells things, studies plants, repairs shoes, writes books, treats sick people, manages money, leads a group, makes furniture, flies planes, plays music, breaks the law, fights in a war, works on a farm, builds houses, cooks meals, drives a vehicle, believes in something, speaks for others, owns a business, travels often, refuses to work, collects things, gives advice, takes risks")
    list("reason", "money, pleasure, a living, the government, other people, a company, no pay, a long time, a cause")
    list("stateOf", "state, quality, condition, fact, feeling, degree, process")
    list("adjective", "angry, happy, sad, tired, free, ready, safe, dangerous, difficult, easy, important, useful, broken, clean, dirty, cheap, expensive, honest, strong, weak, rich, poor, slow, fast, open, closed, empty, full, hot, cold, true, false, legal, illegal, available, new, old, necessary, possible, impossible, certain, healthy, sick, alive, dead, warm, quiet, loud")
    list("kind", "tool, machine, device, container, building, vehicle, method, piece of equipment, room, system, material, substance")
    list("askDo", "reset, change, update, cancel, find, track, return, replace, delete, recover, activate, close, upgrade, download, print, verify, unlock, transfer, renew, pay for, get a refund for, log in to, connect, install, set up, check, edit, share, export, stop, pause, add")
    list("askWhat", "password, account, email address, order, subscription, invoice, delivery, package, payment method, credit card, username, phone number, shipping address, receipt, license key, booking, reservation, ticket, membership, plan, profile, app, printer, router, internet connection, device, laptop, software, refund, gift card, discount code, bank account, login, notifications, bill, warranty, appointment, password reset link, two-factor code, flight, room, seat, data, photos, files, contract")
    list("askWhere", "online, in the app, on my phone, on the website, without a receipt, from another country, for a friend, before it ships, after thirty days, by email, on a Mac, from my bank account, today, over the phone")
    list("since", "since yesterday, since the update, after the last update, for three days, again, any more, this morning, although I followed the instructions, on my new phone, at all, since last week")
    list("wrong", "is not working, stopped working, is broken, does not arrive, is late, was lost, is wrong, has expired, keeps crashing, shows an error, is missing, was damaged, is too slow, was declined, does not open, has been cancelled, was stolen, is locked, has not arrived yet, arrived broken")
    list("times", "twice, three times, too much, double, the wrong amount, a fee, again")
    list("status", "blocked, late, declined, cancelled, delayed, still pending, not accepted, so expensive, on hold, returned, deleted, suspended")
    list("policy", "opening hours, prices, shipping costs, return policies, delivery times, terms and conditions, payment options, working hours, office hours, fees, store locations, plans, holiday hours, refund rules, warranty terms")
    list("when", "yesterday, today, last week, last year, this morning, on Monday, on Friday, tomorrow, in 2012, again, next month, for the first time, late at night, after the meeting, before the election, at the same time, every day, in the morning, during the summer")
    list("opinion", "think it depends on, agree with you about, do not believe in, have no idea about, like, really enjoy, never liked, cannot stand, am interested in, would avoid, am worried about, wrote about, know a lot about, am surprised by, want to learn about, disagree with what you say about")
    list("subject", "religion, evolution, free will, the economy, climate change, cooking, photography, exercise, sleep, the new law, public schools, taxes, travel, cats, coffee, green tea, running, the weather, marriage, morality, science, history, football, video games, electric cars, the internet, social media, gardening, electricity and circuits, voltage, the battery, a closed path, the terminal, health insurance, bread, wine, old houses, air travel, guitar lessons")
    list("claims", "is a matter of opinion, has nothing to do with it, is more important than you think, is a waste of time, makes people happy, is getting worse, should be free, is not the answer, costs a lot of money, depends on the situation, is different everywhere, cannot be explained, takes a lot of practice, is good for you, is bad for your health, was better in the past, will change everything")
    list("office", "president, prime minister, government, parliament, court, police, army, central bank, foreign minister, opposition, mayor, senate, union, company, church, supreme court, health ministry, airline")
    list("officeDid", "rejected, announced, approved, discussed, condemned, delayed, welcomed, denied, signed, ended, started, criticized, postponed, defended")
    list("officeDoes", "rejects, announces, approves, discusses, condemns, delays, welcomes, denies, signs, ends, starts talks on, warns of, urges, calls for, vows, faces, seeks, votes on, agrees to, suspends")
    list("matter", "a new law, peace talks, the budget, a ceasefire, higher taxes, nuclear talks, new sanctions, the election result, the trade deal, an investigation, the attack, a plan to cut jobs, the bailout, the protest, an arms deal, immigration reform, a gas pipeline, a new trial, the strike, prison sentences, military action, aid for refugees, the merger")
    list("country", "Egypt, Syria, Iran, Israel, China, Japan, India, Pakistan, Afghanistan, Iraq, Russia, Ukraine, Germany, France, Britain, Spain, Italy, Greece, Turkey, South Korea, North Korea, Australia, Brazil, Mexico, Canada, Nigeria, Kenya, South Africa, Yemen, Libya, Bangladesh, Indonesia, Philippines, the United States, Poland, Thailand, Colombia, Lebanon, Mali, Somalia")
    list("harmed", "dead, injured, killed, hurt, missing, arrested, wounded, homeless, rescued, feared dead, detained, evacuated")
    list("event", "bus crash, train accident, earthquake, flood, bombing, car bomb, plane crash, factory fire, mine explosion, storm, shooting, protest, suicide attack, landslide, boat sinking, clash, drone strike, typhoon, building collapse, riot")
    list("company", "Microsoft, Apple, Google, Boeing, Toyota, General Motors, Intel, IBM, Sony, Samsung, Nokia, Ford, Walmart, Coca-Cola, Siemens, Volkswagen, Airbus, Shell, Facebook, Amazon, Dell, Oracle, Yahoo, Cisco")
    list("moves", "rose, fell, jumped, dropped, gained, lost, climbed, slid, closed up, closed down")
    for (line = 0; line < count; line++) {
        kind = random(100)
        if (kind < 24) text = sentence(caption())
        else if (kind < 31) text = sentence(scene())
        else if (kind < 36) text = sentence(passive())
        else if (kind < 42) text = sentence(swapped())
        else if (kind < 49) text = definition()
        else if (kind < 62) text = capital(request())
        else if (kind < 71) text = sentence(trouble())
        else if (kind < 79) text = capital(question())
        else if (kind < 91) text = sentence(statement())
        else text = capital(headline())
        print chance(15) ? tolower(text) : text
    }
}
