"""The job that brings the stores to this release: python -m openwisp.bootstrap"""
