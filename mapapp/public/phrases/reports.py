"""Reports from the public, and suggestions of new sites."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from mapapp.public.phrases.counted import Phrases, n_

PHRASES: Final[Phrases] = {
    # What is wrong with a field: report_problem_<field>_<code>.
    "report_problem_kind_missing": lazy_gettext("Please choose what is wrong."),
    "report_problem_station_missing": lazy_gettext("It is not said which station this is about."),
    "report_problem_station_unknown": lazy_gettext("This station is no longer on the list."),
    "report_problem_services_missing": lazy_gettext("Tick what it is about, or describe it below."),
    "report_problem_services_too_many": lazy_gettext("That is too much for one report. Tick the most important."),
    "report_problem_text_missing": lazy_gettext("Please describe it in a few words, or add a photo."),
    "report_problem_text_too_long": lazy_gettext("This is too long. 500 characters fit."),
    "report_problem_text_control_characters": lazy_gettext("There are signs in this text that cannot be stored."),
    "report_problem_contact_too_long": lazy_gettext("This is too long. 100 characters fit."),
    "report_problem_contact_control_characters": lazy_gettext("There are signs in this text that cannot be stored."),
    "report_problem_place_missing": lazy_gettext("Please say where."),
    "report_problem_place_unreadable": lazy_gettext("Two numbers are needed: longitude and latitude."),
    "report_problem_place_far_away": lazy_gettext("This place is far outside the city."),
    "report_problem_photo_too_large": lazy_gettext("The photo is larger than 8 MB. Please choose a smaller one."),
    "report_problem_photo_heic": lazy_gettext(
        "This is a HEIC photo, which we cannot read. Please choose a JPEG, or take a screenshot of it."
    ),
    "report_problem_photo_too_many_pixels": lazy_gettext("The photo has too many pixels. Please choose a smaller one."),
    "report_problem_photo_not_a_photo": lazy_gettext(
        "This file cannot be read as a photo. Please choose a JPEG, PNG or WebP."
    ),
    "report_problem_photo_broken": lazy_gettext("This photo is damaged. Please choose another one."),
    "report_problem_photo_empty": lazy_gettext("This file is empty. Please choose another one."),
    "report_problem_key_taken": lazy_gettext(
        "This form has been used for another report. Please press “Send” once more."
    ),
    "report_problem_form": lazy_gettext("Something in the form needs another look; see the marked fields."),
    "report_too_many": n_(
        "Many reports came from here just now. Please try again in %(count)s minute.",
        "Many reports came from here just now. Please try again in %(count)s minutes.",
    ),
    "report_photo_unkept": lazy_gettext(
        "The photo cannot be kept at this moment. Please send the report without it, or again later."
    ),
    "report_busy": lazy_gettext("We cannot take the report at this moment. Please send it again in a minute."),
    # The form while it is sent, and after.
    "report_sent": lazy_gettext("Sent. Thank you!"),
    "report_follow": lazy_gettext("See what becomes of it"),
    "report_already_sent": lazy_gettext("You have already sent this."),
    "report_kept": lazy_gettext("Kept on this phone. It will be sent as soon as there is a connection, and only once."),
    "report_another": lazy_gettext("Write another one"),
    "report_signs_left": n_("%(count)s character left", "%(count)s characters left"),
    # Photo and place.
    "photo_ready": lazy_gettext("The photo is ready: %(size)s kB. Where it was taken is not sent with it."),
    "spot_asking": lazy_gettext("Asking for your position …"),
    "spot_from_device": lazy_gettext("Your position will be sent with it (within about %(metres)s m)."),
    "spot_from_map": lazy_gettext("The spot you chose on the map will be sent with it."),
    "spot_failed": lazy_gettext("The device did not tell its position. You can type coordinates below."),
    "spot_opens": lazy_gettext("Positions work only over https. You can type coordinates below."),
    "report_station_unknown": lazy_gettext("This station is not in the data on this phone."),
}
