// The first script of the app's page. For now everybody takes the plain way.
location.replace("/v/plain");
