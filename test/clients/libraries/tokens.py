"""PyJWT verifies an access token by the published keys. Arguments: address, access token."""

import sys

import jwt

base, token = sys.argv[1:3]
key = jwt.PyJWKClient(f"{base}/.well-known/jwks.json").get_signing_key_from_jwt(token)
said = jwt.decode(token, options={"verify_signature": False})
verified = jwt.decode(token, key, algorithms=["RS256"], audience=said["aud"], issuer=said["iss"])
assert isinstance(verified["iat"], int) and isinstance(verified["exp"], int), verified

for wrong in ({"audience": "another", "issuer": said["iss"]}, {"audience": said["aud"], "issuer": "another"}):
    try:
        jwt.decode(token, key, algorithms=["RS256"], **wrong)
        raise AssertionError(f"verified for {wrong}")
    except (jwt.InvalidAudienceError, jwt.InvalidIssuerError):
        pass
