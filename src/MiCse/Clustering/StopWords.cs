namespace MiCse.Clustering;

/// <summary>Words that say nothing about a topic, by language. A language's words are left out of texts that are written in it, and only of those.</summary>
internal static class StopWords
{
    /// <summary>The share of a corpus that a language's stop words make up at least, in running words; in prose it is above a third.</summary>
    private const double LeastShare = 0.06;

    /// <summary>Languages share words, such as "in": further ones need this part of the largest share.</summary>
    private const double LeastPart = 0.6;

    private static readonly HashSet<string>[] s_languages =
    [
        // English; the ends that apostrophes leave are among them.
        Set("""
            the a an and or but nor so yet if then than that this these those there here where when while why how what which who whom whose
            i me my mine we us our ours you your yours he him his she her hers it its they them their theirs myself himself herself itself ourselves yourself themselves
            am is are was were be been being do does did doing done have has had having will would shall should can could may might must ought
            isn aren wasn weren don doesn didn haven hasn hadn wouldn shouldn couldn mustn needn ain ll re ve let lets
            of in on at to from by for with without about against between into through during before after above below over under up down out off
            again further once only own same too very just not no any all both each few more most other others another some such much many also even ever
            never now still already almost per via upon within among across around along toward towards since until till because as like unlike
            said says say saying told tell got get gets getting goes go going gone make makes made take takes took come comes came
            one two three four five six seven eight nine ten first second third last next new old well back way ways thing things something anything nothing everything someone anyone everyone
            yes oh ok however though although whether either neither else instead rather quite yet perhaps
            monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
            """),
        // German
        Set("""
            der die das den dem des ein eine einer eines einem einen kein keine keiner keinen und oder aber denn doch sondern wenn als ob dass weil da wie was wer wen wem
            wo wann warum wieso welche welcher welches welchen ich mich mir du dich dir er ihn ihm sie es wir uns ihr euch ihnen man sich mein meine dein sein seine seiner seinen
            unser unsere ihre ihrer ihren ihrem dies diese dieser dieses diesen diesem jene jener jedes jede jeder jeden alle alles allen viel viele vielen mehr sehr etwas nichts nicht
            bin bist ist sind seid war waren gewesen sei wird werden wurde wurden worden habe hast hat haben hatte hatten kann können konnte konnten muss müssen soll sollen sollte
            will wollen wollte darf dürfen mag in im an am auf aus bei beim bis durch für gegen hinter mit nach neben ohne seit über um unter von vom vor während wegen zu zum zur zwischen
            auch noch nur schon so dann hier dort da nun jetzt immer wieder ja nein ganz gar etwa sowie bereits heute gestern morgen
            sagte sagt machen macht gibt geht kommt zwei drei neue neuen neuer
            """),
        // French
        Set("""
            le la les un une des du de au aux et ou mais donc or ni car si que qui quoi dont où quand comment pourquoi lequel laquelle je me moi tu te toi il elle on nous vous ils elles
            se soi lui leur leurs eux mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces ceci cela ça celui celle ceux celles tout toute tous toutes même mêmes autre autres
            suis es est sommes êtes sont était étaient été être sera seront serait ai as avons avez ont avait avaient eu avoir aura fait faire font peut peuvent pouvoir doit doivent va vont
            dans sur sous avec sans pour par en à chez entre vers contre depuis pendant avant après jusque selon comme plus moins très trop peu beaucoup bien aussi encore déjà toujours jamais
            ne pas non oui ainsi alors puis ici là lorsque parce afin dit deux trois premier première nouveau nouvelle nouveaux hier aujourd hui qu
            """),
        // Spanish
        Set("""
            el la los las un una unos unas lo al del de y e o u pero sino ni si que quien quienes cual cuales cuyo donde cuando como por porque qué quién cómo dónde cuándo yo me mí tú te ti él ella ello
            nosotros vosotros ellos ellas usted ustedes se sí le les nos os mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta esto estos estas ese esa eso esos esas aquel aquella
            todo toda todos todas otro otra otros otras mismo misma algo alguno alguna algunos nada nadie cada mucho mucha muchos muchas poco más menos muy tan tanto
            soy eres es somos son era eran fue fueron ser sido será sería está están estaba estaban estar he ha han había habían haber hay tiene tienen tenía tener puede pueden debe hacer hace hizo va van
            a ante bajo con contra desde durante en entre hacia hasta para según sin sobre tras no también ya aún todavía siempre nunca ahora antes después luego así aquí allí entonces
            dijo dice dos tres primer primera nuevo nueva nuevos ayer hoy
            """),
        // Italian
        Set("""
            il lo la i gli le un uno una l di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai dalle in nel nella nei negli nelle su sul sulla sui sulle con per tra fra e ed o ma
            però se che chi cui quale quali quando come dove perché io me mi tu te ti lui lei noi ci voi vi loro si sé suo sua suoi sue mio mia nostro nostra vostro questo questa questi queste quello quella quelli quelle
            tutto tutta tutti tutte altro altra altri altre stesso ogni molto molta molti molte poco più meno non anche ancora già sempre mai ora poi così qui
            sono sei è siamo siete era erano essere stato stata stati stati sarà sarebbe ho hai ha abbiamo hanno aveva avevano avere può possono deve fare fa fatto dopo prima durante contro senza verso
            ne detto due tre primo nuova nuovo nuovi ieri oggi
            """),
        // Portuguese
        Set("""
            o a os as um uma uns umas de do da dos das em no na nos nas ao aos à às por pelo pela pelos pelas para com sem sob sobre entre até desde contra e ou mas nem se que quem qual quais cujo onde quando como porque
            eu me mim tu te ti ele ela nós vos eles elas você vocês lhe lhes meu minha teu seu sua seus suas nosso nossa este esta isto estes estas esse essa isso esses essas aquele aquela aquilo
            todo toda todos todas outro outra outros outras mesmo mesma cada muito muita muitos muitas pouco mais menos não também já ainda sempre nunca agora antes depois então assim aqui ali
            sou é somos são era eram foi foram ser sido será seria está estão estava estar há tem têm tinha ter pode podem deve fazer faz fez vai vão disse diz dois duas três primeiro primeira novo nova ontem hoje
            """),
        // Dutch
        Set("""
            de het een en of maar want dus als dat die dit deze wie wat waar wanneer waarom hoe welke ik mij me mijn jij je jou jouw hij hem zijn zij ze haar wij we ons onze jullie u uw hun hen zich men
            ben bent is was waren geweest wordt worden werd werden heb hebt heeft hebben had hadden kan kunnen kon konden moet moeten mag wil zal zullen zou zouden gaat gaan doen doet
            in op aan van voor met zonder bij naar uit over onder tussen tegen door om tot tijdens na sinds binnen buiten te ter niet geen ook nog al alleen zo dan nu hier daar er toch wel weer meer meest veel vele
            zeer andere ander zelf elk elke alle alles iets niets toen omdat zei zegt twee drie eerste nieuwe gisteren vandaag
            """),
    ];

    /// <summary>The words to leave out of a corpus.</summary>
    /// <param name="counts">How often each word occurs in it.</param>
    public static IReadOnlySet<string> For(IReadOnlyDictionary<string, int> counts)
    {
        var total = counts.Values.Sum(count => (long)count);
        var shares = Array.ConvertAll(s_languages, language => language.Sum(word => (double)counts.GetValueOrDefault(word)) / Math.Max(1, total));
        var least = Math.Max(LeastShare, LeastPart * shares.Max());
        return s_languages.Where((_, language) => shares[language] >= least).SelectMany(words => words).ToHashSet(StringComparer.Ordinal);
    }

    private static HashSet<string> Set(string words) =>
        [.. words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
