"""Training of intent classifiers; only here is scikit-learn used."""
