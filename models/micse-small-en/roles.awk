# Sentences of our own writing (CC0) on who does what to whom: each event with its two parties in both roles, told in the active, the passive, the progressive and in other words. The same seed
# gives the same lines on every awk.
#
#   LC_ALL=C awk -v count=60000 -f roles.awk

function random(limit) { state = (state * 16807) % 2147483647; return state % limit }
function pick(array, size) { return array[1 + random(size)] }
function article(noun) { return noun ~ /^[aeiou]/ ? "an " noun : "a " noun }
function party(noun,    form) { form = random(10); return form < 4 ? "the " noun : form < 8 ? article(noun) : form == 8 ? "a young " noun : "the old " noun }
function sentence(text) { text = toupper(substr(text, 1, 1)) substr(text, 2); print text (random(4) ? "." : "") }
function told(doer, event, other,    part, form) { # event: present/past/participle/progressive/other words in the past
    split(event, part, "/")
    form = random(9)
    if (form == 0) return doer " " part[1] " " other
    if (form <= 2) return doer " " part[2] " " other
    if (form == 3) return other " was " part[3] " by " doer
    if (form == 4) return other " is being " part[3] " by " doer
    if (form == 5) return doer " is " part[4] " " other
    if (form == 6) return "it was " doer " that " part[2] " " other
    if (form == 7) return other " has been " part[3] " by " doer
    return doer " " part[5] " " other
}
function happening(    form, first, second, a, b) {
    form = random(10)
    if (form < 6) {
        a = pick(people, peoples); b = pick(people, peoples)
        if (a == b) return
        first = party(a); second = party(b)
        event = pick(events, eventss)
    } else if (form < 8) {
        a = pick(beasts, beastss); b = random(2) ? pick(beasts, beastss) : pick(people, peoples)
        if (a == b) return
        first = party(a); second = party(b)
        event = pick(beastly, beastlys)
    } else if (form == 8) {
        first = pick(places, placess); second = pick(places, placess)
        if (first == second) return
        event = pick(contests, contestss)
    } else {
        a = pick(vehicles, vehicless); b = pick(vehicles, vehicless)
        if (a == b) return
        first = party(a); second = party(b)
        event = pick(crashes, crashess)
    }
    sentence(told(first, event, second)); sentence(told(second, event, first))
    sentence(told(first, event, second)); sentence(told(second, event, first))
    written += 4
}
function giving(    a, b, thing, form, part) {
    a = pick(people, peoples); b = pick(people, peoples); thing = article(pick(things, thingss))
    if (a == b) return
    split(pick(gifts, giftss), part, "/")
    for (form = 0; form < 2; form++) {
        sentence(party(a) " " part[1] " " party(b) " " thing)
        sentence(party(b) " " part[2] " " thing " from " party(a))
        sentence(party(a) " " part[3] " " thing " to " party(b))
        held = a; a = b; b = held
    }
    written += 6
}
function sequence(    who, a, b, first, second) {
    who = pick(pronouns, pronounss); first = pick(deeds, deedss); second = pick(deeds, deedss)
    if (first == second) return
    split(first, a, "/"); split(second, b, "/")
    sentence(who " " a[1] " before " b[2]); sentence(who " " b[1] " after " a[2]); sentence(who " " a[1] " and then " b[1]); sentence("after " a[2] " " who " " b[1])
    sentence(who " " b[1] " before " a[2]); sentence(who " " a[1] " after " b[2]); sentence(who " " b[1] " and then " a[1]); sentence("first " who " " b[1] ", then " who " " a[1])
    written += 8
}
BEGIN {
    state = 20261201
    peoples = split("nurse,patient,farmer,soldier,driver,judge,thief,singer,painter,waiter,guest,customer,manager,worker,king,queen,boy,girl,man,woman,child,father,mother,uncle,neighbour,doctor,lawyer,teacher,pupil,coach,player,reporter,minister,mayor,captain,sailor,guard,prisoner,tourist,guide,actor,writer,editor,student,professor,landlord,tenant,banker,clerk,policeman,hunter,priest,client,rival,friend,stranger,seller,buyer,owner,company,union,bank,agency,senator,engineer", people, ",")
    eventss = split("helps/helped/helped/helping/gave a hand to,follows/followed/followed/following/walked behind,calls/called/called/calling/made a phone call to,visits/visited/visited/visiting/paid a visit to,blames/blamed/blamed/blaming/put the blame on,thanks/thanked/thanked/thanking/said thank you to,loves/loved/loved/loving/was in love with,hates/hated/hated/hating/could not stand,pushes/pushed/pushed/pushing/gave a push to,kisses/kissed/kissed/kissing/gave a kiss to,robs/robbed/robbed/robbing/stole money from,attacks/attacked/attacked/attacking/made an attack on,rescues/rescued/rescued/rescuing/saved the life of,interviews/interviewed/interviewed/interviewing/put questions to,hires/hired/hired/hiring/gave a job to,fires/fired/fired/firing/took the job away from,invites/invited/invited/inviting/sent an invitation to,accuses/accused/accused/accusing/made accusations against,cheats/cheated/cheated/cheating/played a trick on,teaches/taught/taught/teaching/gave lessons to,criticizes/criticized/criticized/criticizing/spoke badly of,admires/admired/admired/admiring/looked up to,pays/paid/paid/paying/gave money to,warns/warned/warned/warning/gave a warning to,trusts/trusted/trusted/trusting/had faith in,hugs/hugged/hugged/hugging/put both arms around,photographs/photographed/photographed/photographing/took a picture of,ignores/ignored/ignored/ignoring/paid no attention to,prosecutes/prosecuted/prosecuted/prosecuting/brought a case against,cures/cured/cured/curing/healed,kills/killed/killed/killing/took the life of,threatens/threatened/threatened/threatening/made threats against,feeds/fed/fed/feeding/cooked a meal for,watches/watched/watched/watching/kept an eye on,catches/caught/caught/catching/got hold of,beats/beat/beaten/beating/hit,arrests/arrested/arrested/arresting/took into custody", events, ",")
    beastss = split("dog,cat,wolf,sheep,lion,zebra,snake,frog,hawk,rabbit,bear,horse,goat,fox,hen,crocodile,shark,seal,spider,fly,tiger,deer,bull,pig,duck,goose,monkey,parrot,owl,mouse,eagle,lizard", beasts, ",")
    beastlys = split("chases/chased/chased/chasing/ran after,eats/ate/eaten/eating/made a meal of,scares/scared/scared/scaring/gave a fright to,attacks/attacked/attacked/attacking/went for,bites/bit/bitten/biting/sank its teeth into,kicks/kicked/kicked/kicking/gave a kick to,watches/watched/watched/watching/looked at,follows/followed/followed/following/went after,licks/licked/licked/licking/put its tongue on,smells/smelled/smelled/smelling/picked up the scent of", beastly, ",")
    placess = split("Spain,Italy,France,Portugal,Japan,Mexico,Canada,India,Egypt,Kenya,Norway,Sweden,Poland,Chile,Peru,Turkey,Greece,Austria,Ireland,Scotland,Chicago,Boston,Madrid,Milan,Liverpool,Arsenal,Toronto,Dallas,Microsoft,Google,Toyota,Boeing", places, ",")
    contestss = split("beats/beat/beaten/beating/won against,leads/led/led/leading/was ahead of,attacks/attacked/attacked/attacking/made an attack on,outsells/outsold/outsold/outselling/sold more than,overtakes/overtook/overtaken/overtaking/went past,invades/invaded/invaded/invading/sent troops into,imitates/imitated/imitated/imitating/made a copy of,eliminates/eliminated/eliminated/eliminating/knocked out", contests, ",")
    vehicless = split("car,truck,train,tram,bicycle,motorbike,taxi,van,ship,boat,ferry,lorry,tractor,ambulance", vehicles, ",")
    crashess = split("hits/hit/hit/hitting/crashed into,overtakes/overtook/overtaken/overtaking/drove past,follows/followed/followed/following/drove behind,tows/towed/towed/towing/pulled along,blocks/blocked/blocked/blocking/stood in the way of,damages/damaged/damaged/damaging/did harm to", crashes, ",")
    thingss = split("letter,coat,ring,key,ticket,flower,house,horse,camera,phone,chair,cake,lamp,bicycle,guitar,knife,watch,painting,parcel,map", things, ",")
    giftss = split("sold/bought/sold,gave/got/gave,lent/borrowed/lent,sent/received/sent,taught the use of/learned about/explained,offered/accepted/offered,showed/took/handed", gifts, ",")
    pronounss = split("he,she,we,they,I,the boy,my sister,the workers,our guests", pronouns, ",")
    deedss = split("had lunch/having lunch,took a shower/taking a shower,locked the door/locking the door,called home/calling home,read the letter/reading the letter,paid the bill/paying the bill,went to bed/going to bed,fed the cat/feeding the cat,washed the car/washing the car,cooked dinner/cooking dinner,watched a film/watching a film,signed the contract/signing the contract,left the house/leaving the house,drank coffee/drinking coffee,cleaned the kitchen/cleaning the kitchen,did the homework/doing the homework,moved to Paris/moving to Paris,bought a dog/buying a dog,got married/getting married,went swimming/going swimming", deeds, ",")
    while (written < count) {
        kind = random(10)
        if (kind < 7) happening()
        else if (kind < 9) giving()
        else sequence()
    }
}
