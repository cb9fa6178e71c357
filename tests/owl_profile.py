"""Say by the OWL API, which HermiT's archive holds, where an RDF/XML file leaves OWL 2 DL: run with Python and the file; JSON on standard output."""

import json
import sys
from pathlib import Path


def main(path):
    import jpype
    import owlready2

    jpype.startJVM(classpath=[str(Path(owlready2.__file__).parent / "hermit" / "HermiT.jar")], convertStrings=True)
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.java.io.File(str(path)))
    report = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
    violations = sorted({f"{each.getClass().getSimpleName()}: {each}" for each in report.getViolations()})
    found = {"inProfile": bool(report.isInProfile()), "axioms": int(ontology.getAxiomCount()), "violations": violations}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
