"""The deployment of docs/deployment.md, put up in a folder with the real servers, looked at and taken down."""
