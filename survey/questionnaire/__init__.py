"""A questionnaire in the browser: a plain form whole on one page (`whole`), any other page by page (`walk`)."""
