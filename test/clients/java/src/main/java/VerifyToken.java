import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.util.Set;

/** nimbus-jose-jwt verifies an access token by the published keys. Arguments: address, access token. */
public final class VerifyToken {
  public static void main(String[] args) throws Exception {
    var keys = JWKSourceBuilder.<SecurityContext>create(URI.create(args[0] + "/.well-known/jwks.json").toURL()).build();
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
    var said = SignedJWT.parse(args[1]).getJWTClaimsSet();
    var audience = said.getAudience().get(0);
    processor.setJWTClaimsSetVerifier(verifier(audience, said.getIssuer()));
    processor.process(args[1], null);

    for (var wrong : new String[][] {{"another", said.getIssuer()}, {audience, "another"}}) {
      processor.setJWTClaimsSetVerifier(verifier(wrong[0], wrong[1]));
      try {
        processor.process(args[1], null);
      } catch (BadJOSEException refused) {
        continue;
      }
      throw new IllegalStateException("verified for " + String.join(", ", wrong));
    }
    System.exit(0);
  }

  private static DefaultJWTClaimsVerifier<SecurityContext> verifier(String audience, String issuer) {
    var exact = new JWTClaimsSet.Builder().issuer(issuer).build();
    return new DefaultJWTClaimsVerifier<>(audience, exact, Set.of("sub", "iat", "exp"));
  }
}
