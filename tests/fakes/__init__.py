"""Outside parties that run on this machine: real servers, spoken to over HTTP."""
