-- Run by psql as the superuser when the cluster is made. Each of the two has a database that the other cannot enter, and
-- neither is a superuser: every extension that they make is a trusted one.
\getenv stayward_password STAYWARD_DB_PASSWORD
\getenv temporal_password TEMPORAL_DB_PASSWORD

create role stayward login password :'stayward_password';
create role temporal login password :'temporal_password';

create database stayward owner stayward;
create database temporal owner temporal;
create database temporal_visibility owner temporal;

revoke connect on database stayward, temporal, temporal_visibility from public;
