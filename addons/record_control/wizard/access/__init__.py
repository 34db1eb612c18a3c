from . import access_grant_refuse
