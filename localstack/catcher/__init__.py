"""Catches what the system sends, mails and SMS, and shows both; nothing leaves this machine.

Speaks SMTP, Mailpit's REST API (so that tests read either) and Twilio's call for SMS.
"""
