"""Say whether HermiT finds an RDF/XML file consistent: run with Python and the file; one JSON object on standard output."""

import json
import sys


def main(path):
    import owlready2

    world = owlready2.World()
    ontology = world.get_ontology(f"file://{path}").load()
    consistent = True
    try:
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        consistent = False
    nothing = owlready2.Nothing.iri
    unsatisfiable = sorted(each.iri for each in world.inconsistent_classes() if each.iri != nothing) if consistent else []
    sys.stdout.write(json.dumps({"consistent": consistent, "unsatisfiable": unsatisfiable}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
