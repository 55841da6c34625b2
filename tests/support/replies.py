"""Replies as the usual mail programs write them, in fifteen languages: what was answered, and what is quoted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ANA = "Ana Kovač <ana@agency.example>"


@dataclass(frozen=True)
class Reply:
    """A mail body and the words in it that are the writer's own."""

    language: str
    program: str
    body: str
    own: str


# language: own words, quoted words, Gmail, Apple Mail, Thunderbird, Outlook's keys, a phone's note
TEXTS = {
    "en": (
        "Yes, Friday works for us.\n\nWe are very happy with the last batch.",
        "Please confirm the Friday delivery.\nThe invoice is attached.",
        f"On Mon, Mar 4, 2024 at 10:15 AM {ANA} wrote:",
        f"On 4 Mar 2024, at 10:15, {ANA} wrote:",
        "On 04/03/2024 10:15, Ana Kovač wrote:",
        ("From", "Sent", "To", "Subject", "Monday, March 4, 2024 10:15 AM"),
        "Sent from my iPhone",
    ),
    "ru": (
        "Да, пятница нам подходит.\n\nПоследней партией очень довольны.",
        "Подтвердите, пожалуйста, доставку в пятницу.\nСчёт во вложении.",
        f"пн, 4 мар. 2024 г. в 10:15, {ANA}:",
        f"4 марта 2024 г., в 10:15, {ANA} написал(а):",
        "04.03.2024 10:15, Ana Kovač пишет:",
        ("От", "Отправлено", "Кому", "Тема", "4 марта 2024 г. 10:15"),
        "Отправлено с iPhone",
    ),
    "hr": (
        "Da, petak nam odgovara.\n\nJako smo zadovoljni zadnjom isporukom.",
        "Molim potvrdite isporuku u petak.\nRačun je u privitku.",
        f"pon, 4. ožu 2024. u 10:15 {ANA} napisao je:",
        f"Dana 4. 3. 2024., u 10:15, {ANA} napisao/la je:",
        "Dana 4. 3. 2024. u 10:15, Ana Kovač je napisao/la:",
        ("Od", "Poslano", "Prima", "Predmet", "ponedjeljak, 4. ožujka 2024. 10:15"),
        "Poslano s mog iPhonea",
    ),
    "sr": (
        "Да, петак нам одговара.\n\nВеома смо задовољни последњом испоруком.",
        "Молим потврдите испоруку у петак.\nРачун је у прилогу.",
        f"пон, 4. мар 2024. у 10:15 {ANA} је написао/ла:",
        f"4. 3. 2024., у 10:15, {ANA} је написао/ла:",
        "Дана 4.3.24. у 10:15, Ana Kovač је написао/ла:",
        ("Од", "Послато", "За", "Тема", "понедељак, 4. март 2024. 10:15"),
        "Послато са мог iPhone-а",
    ),
    "da": (
        "Ja, fredag passer os fint.\n\nVi er meget glade for den sidste levering.",
        "Bekræft venligst leveringen fredag.\nFakturaen er vedhæftet.",
        f"Den man. 4. mar. 2024 kl. 10.15 skrev {ANA}:",
        f"Den 4. mar. 2024 kl. 10.15 skrev {ANA}:",
        "Den 04-03-2024 kl. 10:15 skrev Ana Kovač:",
        ("Fra", "Sendt", "Til", "Emne", "4. marts 2024 10:15"),
        "Sendt fra min iPhone",
    ),
    "no": (
        "Ja, fredag passer fint for oss.\n\nVi er veldig fornøyde med den siste leveransen.",
        "Vennligst bekreft leveringen på fredag.\nFakturaen er vedlagt.",
        f"man. 4. mars 2024 kl. 10:15 skrev {ANA}:",
        f"4. mars 2024 kl. 10:15 skrev {ANA}:",
        "Den 04.03.2024 10:15, skrev Ana Kovač:",
        ("Fra", "Sendt", "Til", "Emne", "mandag 4. mars 2024 10:15"),
        "Sendt fra min iPhone",
    ),
    "sv": (
        "Ja, fredag passar oss bra.\n\nVi är mycket nöjda med den senaste leveransen.",
        "Bekräfta gärna leveransen på fredag.\nFakturan är bifogad.",
        f"Den mån 4 mars 2024 kl 10:15 skrev {ANA}:",
        f"4 mars 2024 kl. 10:15 skrev {ANA}:",
        "Den 2024-03-04 kl. 10:15, skrev Ana Kovač:",
        ("Från", "Skickat", "Till", "Ämne", "den 4 mars 2024 10:15"),
        "Skickat från min iPhone",
    ),
    "tl": (
        "Oo, ayos sa amin ang Biyernes.\n\nMasaya kami sa huling padala.",
        "Pakikumpirma ang padala sa Biyernes.\nNakalakip ang resibo.",
        f"Noong Lun, Mar 4, 2024 nang 10:15 AM, si {ANA} ay sumulat:",
        f"On Mar 4, 2024, at 10:15 AM, {ANA} wrote:",
        "Noong 04/03/2024 10:15, sinulat ni Ana Kovač:",
        ("Mula kay", "Ipinadala", "Para kay", "Paksa", "Lunes, Marso 4, 2024 10:15 AM"),
        "Ipinadala mula sa aking iPhone",
    ),
    "de": (
        "Ja, Freitag passt uns.\n\nMit der letzten Lieferung sind wir sehr zufrieden.",
        "Bitte bestätigen Sie die Lieferung am Freitag.\nDie Rechnung liegt bei.",
        f"Am Mo., 4. März 2024 um 10:15 Uhr schrieb {ANA}:",
        f"Am 04.03.2024 um 10:15 schrieb {ANA}:",
        "Am 04.03.24 um 10:15 schrieb Ana Kovač:",
        ("Von", "Gesendet", "An", "Betreff", "Montag, 4. März 2024 10:15"),
        "Von meinem iPhone gesendet",
    ),
    "fr": (
        "Oui, vendredi nous convient.\n\nNous sommes très contents de la dernière livraison.",
        "Merci de confirmer la livraison de vendredi.\nLa facture est jointe.",
        f"Le lun. 4 mars 2024 à 10:15, {ANA} a écrit :",
        f"Le 4 mars 2024 à 10:15, {ANA} a écrit :",
        "Le 04/03/2024 à 10:15, Ana Kovač a écrit :",
        ("De", "Envoyé", "À", "Objet", "lundi 4 mars 2024 10:15"),
        "Envoyé de mon iPhone",
    ),
    "es": (
        "Sí, el viernes nos va bien.\n\nEstamos muy contentos con la última entrega.",
        "Por favor confirmen la entrega del viernes.\nLa factura va adjunta.",
        f"El lun, 4 mar 2024 a las 10:15, {ANA} escribió:",
        f"El 4 mar 2024, a las 10:15, {ANA} escribió:",
        "El 4/3/24 a las 10:15, Ana Kovač escribió:",
        ("De", "Enviado", "Para", "Asunto", "lunes, 4 de marzo de 2024 10:15"),
        "Enviado desde mi iPhone",
    ),
    "it": (
        "Sì, venerdì va bene.\n\nSiamo molto contenti dell'ultima consegna.",
        "Per favore confermate la consegna di venerdì.\nLa fattura è allegata.",
        f"Il giorno lun 4 mar 2024 alle ore 10:15 {ANA} ha scritto:",
        f"Il giorno 4 mar 2024, alle ore 10:15, {ANA} ha scritto:",
        "Il 04/03/24 10:15, Ana Kovač ha scritto:",
        ("Da", "Inviato", "A", "Oggetto", "lunedì 4 marzo 2024 10:15"),
        "Inviato da iPhone",
    ),
    "nl": (
        "Ja, vrijdag komt ons goed uit.\n\nWe zijn erg blij met de laatste levering.",
        "Graag de levering van vrijdag bevestigen.\nDe factuur is bijgevoegd.",
        f"Op ma 4 mrt 2024 om 10:15 schreef {ANA}:",
        f"Op 4 mrt 2024, om 10:15 heeft {ANA} het volgende geschreven:",
        "Op 04-03-2024 om 10:15 schreef Ana Kovač:",
        ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 4 maart 2024 10:15"),
        "Verstuurd vanaf mijn iPhone",
    ),
    "pt": (
        "Sim, sexta-feira serve.\n\nEstamos muito contentes com a última entrega.",
        "Por favor confirmem a entrega de sexta-feira.\nA fatura segue em anexo.",
        f"Em seg., 4 de mar. de 2024 às 10:15, {ANA} escreveu:",
        f"No dia 4/03/2024, às 10:15, {ANA} escreveu:",
        "Às 10:15 de 04/03/2024, Ana Kovač escreveu:",
        ("De", "Enviado", "Para", "Assunto", "segunda-feira, 4 de março de 2024 10:15"),
        "Enviado do meu iPhone",
    ),
    "pl": (
        "Tak, piątek nam pasuje.\n\nJesteśmy bardzo zadowoleni z ostatniej dostawy.",
        "Proszę potwierdzić piątkową dostawę.\nFaktura w załączniku.",
        f"pon., 4 mar 2024 o 10:15 {ANA} napisał(a):",
        f"Wiadomość napisana przez {ANA} w dniu 04.03.2024, o godz. 10:15:",
        "W dniu 4.03.2024 o 10:15, Ana Kovač pisze:",
        ("Od", "Wysłane", "Do", "Temat", "poniedziałek, 4 marca 2024 10:15"),
        "Wysłane z iPhone'a",
    ),
    "cs": (
        "Ano, pátek nám vyhovuje.\n\nS poslední dodávkou jsme velmi spokojeni.",
        "Potvrďte prosím páteční dodávku.\nFaktura je v příloze.",
        f"po 4. 3. 2024 v 10:15 odesílatel {ANA} napsal:",
        f"4. 3. 2024 v 10:15, {ANA}:",
        "Dne 04. 03. 24 v 10:15 Ana Kovač napsal(a):",
        ("Od", "Odesláno", "Komu", "Předmět", "pondělí 4. března 2024 10:15"),
        "Odesláno z iPhonu",
    ),
}


def replies() -> Iterator[Reply]:
    """Every language in six programs and postures."""
    for language, (own, quoted, gmail, apple, thunderbird, (de, sent, to, subject, date), note) in TEXTS.items():
        first, last = own.split("\n\n")
        one, two = quoted.split("\n")
        signed = f"{quoted}\n\nAna"
        yield Reply(language, "gmail", f"{own}\n\n{gmail}\n\n{_marked(signed)}\n", own)
        yield Reply(language, "apple", f"{own}\n\n{note}\n\n> {apple}\n>\n{_marked(signed)}\n", own)
        yield Reply(language, "thunderbird", f"{thunderbird}\n{_marked(quoted)}\n\n{own}\n\n-- \nTom Hall\n", own)
        yield Reply(language, "inline", f"{gmail}\n> {one}\n\n{first}\n\n> {two}\n\n{last}\n", own)
        block = f"{de}: {ANA}\n{sent}: {date}\n{to}: tom@client.example\n{subject}: RE: 14\n"
        yield Reply(language, "outlook", f"{own}\n\n{block}\n{signed}\n", own)
        yield Reply(language, "phone", f"{own}\n\n{note}\n", own)


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
