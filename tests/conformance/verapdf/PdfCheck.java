import java.io.FileInputStream;
import java.io.InputStream;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/**
 * Asks the veraPDF engine about PDF files. Arguments: pairs of flavour (ua1, 3a, ...) and file.
 * One line per pair: PASS, FAIL or ERROR, then the failed rules as clause-test, parted by blanks.
 */
public class PdfCheck {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            System.out.println(check(PDFAFlavour.fromString(arguments[i]), arguments[i + 1]));
        }
    }

    private static String check(PDFAFlavour flavour, String file) {
        try (FileInputStream in = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(profile(flavour), false)) {
            var result = validator.validate(parser);
            TreeSet<String> failed = new TreeSet<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    failed.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber());
                }
            }
            return (result.isCompliant() ? "PASS " : "FAIL ") + String.join(" ", failed);
        } catch (Exception problem) {
            return "ERROR " + problem;
        }
    }

    /** The profile by its name: the engine's own directory of profiles cannot be listed inside a bundled jar. */
    private static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        String id = flavour.getId().toUpperCase();
        String name = id.startsWith("UA") ? "PDFUA-" + id.substring(2) : "PDFA-" + id;
        String resource = "org/verapdf/pdfa/validation/" + name + ".xml";
        try (InputStream in = PdfCheck.class.getClassLoader().getResourceAsStream(resource)) {
            return Profiles.profileFromXml(in);
        }
    }
}
