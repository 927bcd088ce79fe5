"""Formats of dates and times in English: the 24-hour clock on every screen."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
DATE_FORMAT = "j F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
